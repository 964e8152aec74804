// Sends the payer on to a payment whose flow wants a POST.

document.querySelector('[data-forward]').submit();
