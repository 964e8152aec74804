// The differences between payments and payouts, which share the list, the view and the form.

export const KINDS = {
  invoices: {
    view: 'invoices', type: 'payment-invoices', noun: 'payment', title: 'Invoices', ended: 'Paid',
    nothing: 'No invoice matches.', none: 'No invoices yet. Your shop\'s orders appear here',
    order: {
      title: 'New invoice', make: '#/new', service: 'payment_card_usd_hpp', fields: 'service_fields',
      outcomes: ['processed', 'process_failed:insufficient_funds', 'process_pending', 'expired', 'processed@10s',
        'processed@1s,refunded@5s', 'processed@1s,charged_back@5s'],
    },
  },
  payouts: {
    view: 'payouts', type: 'payout-invoices', noun: 'payout', title: 'Payouts', ended: 'Paid out',
    nothing: 'No payout matches.', none: 'No payouts yet. Your shop\'s payouts appear here',
    order: {
      title: 'New payout', make: '#/new?kind=payouts', service: 'test_usd', fields: 'fields',
      outcomes: ['processed', 'process_failed:insufficient_funds', 'process_pending', 'processed@10s',
        'partially_processed', 'terminated', 'canceled', 'processed@1s,canceled@5s', 'partially_canceled'],
      starts: [['', 'automatically, after a delay'], ['true', 'at once'], ['false', 'when /process is called']],
    },
  },
};

export const kindOf = (id) => (id.startsWith('cpoi_') ? KINDS.payouts : KINDS.invoices);

/** The link to an invoice or payout. */
export const linkTo = (id) => `#/${kindOf(id).view}/${id}`;
