// Whether a text holds the CVVs of payments. A valid one is three or four digits, which times, ports and ids also hold
// by chance; so the same payment is made once with each of these, and a leak leaves all of them.

export const CVVS = ['8642', '7531', '9046', '3187'];

export const holdsCvvs = (text) => CVVS.every((cvv) => new RegExp(`(?<!\\d)${cvv}(?!\\d)`).test(text));
