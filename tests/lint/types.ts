// Uses the types that openapi-typescript generates from schema/openapi.yaml, like a client in TypeScript.
// Compiled together with them, never run.

import type { components, paths, webhooks } from './openapi';

type Status = components['schemas']['Status'];
type Created = paths['/payment-invoices']['post']['responses'][201]['content']['application/json'];
type Callback = webhooks['paymentInvoiceChanged']['post']['requestBody']['content']['application/json'];

export const processed: Status = 'processed';
// @ts-expect-error: there is no such status
export const declined: Status = 'declined';

export const pageOf = ({ data }: Created): string => data.attributes.hpp_url;
export const statusOf = ({ data }: Callback): Status => data.attributes.status;
// @ts-expect-error: a status is a string
export const numberOf = ({ data }: Callback): number => data.attributes.status;
