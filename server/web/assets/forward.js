// Submits the form that forwards the payer by POST.

document.querySelector('[data-forward]').submit();
