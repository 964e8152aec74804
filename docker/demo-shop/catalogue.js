// The products of the shop. Prices are whole cents, so sums have no rounding errors.

export const CURRENCY = 'USD';

export const PRODUCTS = [
  {
    id: 'beans',
    name: 'Coffee beans',
    cents: 1850,
    about: 'A kilogram of medium roast from two farms, roasted on Mondays.',
  },
  { id: 'mug', name: 'Stoneware mug', cents: 1299, about: 'Holds a third of a litre, survives the dishwasher.' },
  { id: 'grinder', name: 'Hand grinder', cents: 9900, about: 'Steel burrs and thirty-six settings, no cable.' },
];

export const MOST_OF_ONE = 20;

export const productOf = (id) => PRODUCTS.find((product) => product.id === id);

/** 1850 -> "18.50", for the platform and for people. */
export const amountOf = (cents) => (cents / 100).toFixed(2);

/** 18.5 or "18.50" -> 1850; NaN if it is no amount. */
export const centsOf = (amount) => Math.round(Number(amount) * 100);
