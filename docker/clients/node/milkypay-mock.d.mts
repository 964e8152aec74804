/** A whole number followed by ms, s, m, h or d, or 0. */
export type Duration = string;

export type Status =
  | 'created'
  | 'process_pending'
  | 'processed'
  | 'partially_processed'
  | 'process_failed'
  | 'verified'
  | 'expired'
  | 'terminated'
  | 'refund_pending'
  | 'partially_refunded'
  | 'refunded'
  | 'refund_failed'
  | 'charged_back'
  | 'partially_charged_back'
  | 'processing'
  | 'process_error'
  | 'verify_failed'
  | 'authorize_failed'
  | 'refunding'
  | 'canceled'
  | 'partially_canceled'
  | 'canceling'
  | 'cancel_pending'
  | 'cancel_error'
  | 'cancel_failed';

export interface Settings {
  name?: string;
  description?: string;
  icon?: string;
  website?: string;
  merchant_url?: string;
  status?: 'active' | 'new' | 'inactive' | 'moderation_requested' | 'moderation_pending' | 'archived';
  public_creation?: boolean;
  callback_url?: string;
  only_final?: boolean;
  first_callback_delay_ms?: number;
  settle_after_ms?: number;
  outcome?: string;
  lifetime_s?: number;
  retry_interval_s?: number;
  retry_limit?: number;
  connect_timeout_ms?: number;
  read_timeout_ms?: number;
  total_timeout_ms?: number;
  return_url?: string;
  auto_return?: boolean;
  send_context?: boolean;
  attempt_limit?: number;
  ttl_s?: number;
  opening_balances?: Record<string, number>;
  payment_fee_shift_out?: boolean;
  convert_currency?: boolean;
  rate_limit?: number;
  callback_headers?: Record<string, string>;
  required_fields?: string[];
  strict_test_mode?: boolean;
  profile?: '2020' | '2024' | '2025';
}

export interface Clock { mode: 'real' | 'frozen'; now: number }

export interface Advance { seconds?: number; to?: number; next?: true; timeout?: Duration }

export interface Advanced { now: number; complete: boolean; events: AdvanceEvent[]; events_total?: number }

export interface AdvanceEvent {
  at: number;
  kind: 'transition' | 'callback';
  invoice: string;
  from?: Status;
  to?: Status;
  callback?: string;
  attempt?: number;
  result?: 'done' | 'failed';
}

/** The private view of an invoice, as the platform returns it. */
export interface InvoiceDocument {
  data: {
    type: string;
    id: string;
    attributes: {
      status: Status;
      resolution: string;
      amount: number;
      currency: string;
      reference_id: string;
      [name: string]: unknown;
    };
    [name: string]: unknown;
  };
  [name: string]: unknown;
}

export type Visit =
  | { card_number: string; expiry: string; cvv: string; three_ds?: 'pass' | 'fail' | 'abandon' }
  | { cancel: true }
  | Record<string, never>;

export interface Change { status: Status; resolution?: string; amount?: number | string; force?: boolean }

export interface List<Item> { items: Item[]; total: number; next: string | null }

export interface Match { method?: string; path?: string; invoice?: string; transition?: Status }

interface FaultRule { match?: Match; times?: number; after?: number; probability?: number }

/** The faults by name; see "Faults" in the mock's documentation. */
export type Fault = FaultRule &
  (
    | {
        on: 'api' | 'page';
        fault:
          | 'status'
          | 'delay'
          | 'reset'
          | 'empty'
          | 'garbage'
          | 'truncate'
          | 'slow'
          | 'commit_then_reset'
          | 'commit_then_timeout';
        status?: number;
        retry_after?: number;
        delay?: string;
        median?: Duration;
        sigma?: number;
        bytes?: number;
        bytes_per_s?: number;
        hold?: Duration;
      }
    | {
        on: 'callback';
        fault:
          | 'drop'
          | 'duplicate'
          | 'duplicate_at_once'
          | 'overlap'
          | 'delay'
          | 'reorder'
          | 'before_response'
          | 'before_return'
          | 'after_return'
          | 'bad_signature'
          | 'wrong_secret'
          | 'no_signature'
          | 'truncate'
          | 'reencoded'
          | 'wrong_amount'
          | 'unknown_status';
        delay?: string;
        median?: Duration;
        sigma?: number;
        hold?: Duration;
      }
  );

export type StoredFault = Fault & { id: string; hits: number; active: boolean };

export interface Attempt {
  number: number;
  at: number;
  took_ms: number;
  code: number | null;
  error: string | null;
  request: { headers: Record<string, string>; body: string };
  response: { headers: Record<string, string>; body: string } | null;
  [name: string]: unknown;
}

export interface Callback {
  id: string;
  invoice: string | null;
  transition: Status;
  url: string;
  state: 'queued' | 'sending' | 'done' | 'failed' | 'dropped';
  due: number | null;
  attempts: Attempt[];
  [name: string]: unknown;
}

export interface RequestFilter {
  method?: string;
  path?: string;
  status?: number | string;
  invoice?: string;
  reference_id?: string;
  from?: number;
  to?: number;
  kind?: 'api' | 'page';
  unmatched?: boolean;
}

export interface Page { limit?: number; after?: string }

export interface SinkFilter { invoice?: string; signature?: SinkRequest['signature']; order?: 'newest' }

export interface SinkRequest {
  at: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  response_code: number;
  signature: 'valid' | 'invalid' | 'missing';
  [name: string]: unknown;
}

export interface Judgement { valid: boolean; expected: string; reason: string | null; message: string }

export interface SignatureCheck { body?: string; body_base64?: string; signature: string; key?: string }

/** An error response of the mock, or a wait that timed out. */
export declare class MilkyPayError extends Error {
  readonly status: number;
  readonly code?: string;
  readonly body?: unknown;
}

/** A running mock. */
export declare class MilkyPayMock {
  readonly url: string;
  /** The default URL is that of MILKYPAY_URL, which `milkypay-mock exec` sets. */
  constructor(url?: string, options?: { token?: string });
  readonly publicApiUrl: string;
  readonly dashboardUrl: string;
  health(): Promise<{ status: 'ok'; version: string; uptime_ms: number; invoices: number; due: number }>;
  /** The account with this id; by default the demo account. */
  account(id?: string): Promise<MilkyPayAccount>;
  /** Creates an account with its own keys, invoices, clock, callbacks and faults. */
  createAccount(settings?: Settings): Promise<MilkyPayAccount>;
  /** Any call of the control API; `path` is the part after /_mock. */
  request<Answer = unknown>(method: string, path: string, body?: unknown): Promise<Answer>;
}

/** A merchant account of the mock. */
export declare class MilkyPayAccount {
  private constructor();
  readonly id: string;
  readonly apiKey: string;
  readonly publicKey: string;
  readonly publicLiveKey: string;
  readonly secretKey: string;
  readonly secretLiveKey: string;
  readonly settings: Settings;
  /** The environment variables that `milkypay-mock exec` sets for a shop. */
  readonly environment: Record<
    'MILKYPAY_URL' | 'MILKYPAY_ACCOUNT_ID' | 'MILKYPAY_API_KEY' | 'MILKYPAY_PUBLIC_KEY' | 'MILKYPAY_SECRET_KEY',
    string
  >;
  /** The value of the Authorization header for the private API. */
  readonly authorization: string;

  /** A call of the platform's private API with the account's login: what your shop sends. */
  api<Answer = any>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  update(settings: Settings): Promise<Settings>;
  delete(): Promise<unknown>;
  reset(): Promise<unknown>;
  snapshot(name: string): Promise<{ name: string; created: number; invoices: number }>;
  restore(name: string): Promise<unknown>;

  clock(): Promise<Clock>;
  /** Stops the clock, at `now` (unix seconds) if given. */
  freeze(now?: number): Promise<Clock>;
  unfreeze(): Promise<Clock>;
  /** A number means seconds. Returns when every due event is done. */
  advance(how: number | Advance): Promise<Advanced>;

  /** Outcomes for the next invoices, one each: "processed", "process_failed:declined@5s". */
  queueOutcomes(...outcomes: string[]): Promise<{ queued: string[] }>;
  invoice(id: string): Promise<InvoiceDocument>;
  /** Pays like a payer, without a browser. */
  pay(id: string, visit: Visit): Promise<InvoiceDocument>;
  transition(id: string, change: Change): Promise<InvoiceDocument>;
  timeline(id: string): Promise<unknown>;

  waitForStatus(invoice: string, status: Status, options?: { timeout?: Duration }): Promise<InvoiceDocument>;
  waitForCallback(
    invoice: string,
    options?: { result?: 'delivered' | 'failed'; transition?: Status; timeout?: Duration },
  ): Promise<Callback>;
  waitForRequests(count: number, options?: RequestFilter & { sink?: string; timeout?: Duration }): Promise<unknown>;
  /** Waits until nothing is being sent and nothing is due. Call it before you close your receiver. */
  waitUntilIdle(options?: { within?: Duration; timeout?: Duration }): Promise<{ idle: true }>;

  addFault(fault: Fault): Promise<StoredFault>;
  faults(): Promise<List<StoredFault>>;
  /** Removes all faults, or the fault with this id. */
  removeFaults(id?: string): Promise<unknown>;

  sinkUrl(name: string): string;
  /** Statuses for the next callbacks; the last one repeats. */
  answerSink(name: string, ...responses: number[]): Promise<{ responses: number[] }>;
  /** What the sink received, oldest first. */
  sinkRequests(name: string, filter?: SinkFilter & Page): Promise<List<SinkRequest>>;

  requests(filter?: RequestFilter & Page): Promise<List<Record<string, unknown>> & { counts?: Record<string, number> }>;
  callbacks(filter?: { invoice?: string; state?: Callback['state'] } & Page): Promise<List<Callback>>;
  resend(callback: string, options?: { resign?: boolean }): Promise<Callback>;

  /** The signature of a callback: base64(SHA1(secret + body + secret)), over the exact bytes of the body. */
  sign(body: string | Uint8Array, secret?: string): string;
  isGenuine(body: string | Uint8Array, signature: string | undefined, secret?: string): boolean;
  verifySignature(check: SignatureCheck): Promise<Judgement>;

  /** The payments, refunds, chargebacks and payouts of a day, "YYYY-MM-DD". */
  report(date: string, options?: Page & { timezone?: string; format?: 'json' | 'csv' }): Promise<any>;
}
