// What the statuses of an invoice mean to this shop.
//
//   tone      how the status is shown
//   label     for the shop's staff
//   shopper   for the shopper
//   ships     the whole amount was paid: the goods leave the shop
//   open      the shopper may still pay
//   refundable
//   final     nothing can follow

const STATUSES = {
  new: { tone: 'wait', label: 'not sent', shopper: 'Your order is kept, but its payment has not been started.' },
  created: { tone: 'wait', label: 'created', shopper: 'We are waiting for your payment.', open: true },
  process_pending: { tone: 'wait', label: 'pending', shopper: 'We are waiting for your payment.', open: true },
  processed: { tone: 'good', label: 'paid', shopper: 'Thank you: your order is paid.', ships: true, refundable: true },
  partially_processed: {
    tone: 'warn',
    label: 'paid in part',
    shopper: 'We have got a part of the amount and will write to you.',
    refundable: true,
  },
  process_failed: { tone: 'bad', label: 'failed', shopper: 'The payment failed, and nothing was charged.', open: true },
  expired: { tone: 'bad', label: 'expired', shopper: 'The time for the payment is over.', final: true },
  terminated: { tone: 'bad', label: 'rejected', shopper: 'The payment was rejected.', final: true },
  refund_pending: { tone: 'wait', label: 'refund pending', shopper: 'Your refund is under way.' },
  refund_failed: {
    tone: 'warn',
    label: 'refund failed',
    shopper: 'Your order is paid; a refund of it failed.',
    refundable: true,
  },
  partially_refunded: {
    tone: 'warn',
    label: 'refunded in part',
    shopper: 'A part of the amount was refunded.',
    refundable: true,
  },
  refunded: { tone: 'good', label: 'refunded', shopper: 'The whole amount was refunded.', final: true },
  partially_charged_back: {
    tone: 'bad',
    label: 'charged back in part',
    shopper: 'A part of the amount was charged back.',
    refundable: true,
  },
  charged_back: { tone: 'bad', label: 'charged back', shopper: 'The amount was charged back.', final: true },
};

export const isKnown = (status) => Object.hasOwn(STATUSES, status);

/** The status of an order; a payment that timed out can no longer be paid. */
export function meaningOf({ status, resolution }) {
  const meaning = STATUSES[status];
  return resolution === 'expired' ? { ...meaning, shopper: STATUSES.expired.shopper, open: false, final: true } : meaning;
}
