// The views that are not the lists of invoices and payouts: a script of their own, so that a list is there sooner.

import { showAccounts } from './dashboard_accounts.js';
import { showCallbacks } from './dashboard_callbacks.js';
import { showClock } from './dashboard_clock.js';
import { showFaults } from './dashboard_faults.js';
import { showInvoice } from './dashboard_invoice.js';
import { showNew } from './dashboard_new.js';
import { showReport } from './dashboard_report.js';
import { showRequests } from './dashboard_requests.js';
import { showService } from './dashboard_service.js';
import { showServices } from './dashboard_services.js';
import { showSink, showSinks } from './dashboard_sinks.js';

export const views = {
  showAccounts, showCallbacks, showClock, showFaults, showInvoice, showNew, showReport, showRequests, showService,
  showServices, showSink, showSinks,
};
