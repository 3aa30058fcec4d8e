// SPDX-License-Identifier: Apache-2.0
// What can be made to happen at the cursor, as events of a scenario file (docs/formats/scenario.md#events). A test compares the
// faults with the scenario schema.
export interface Field {
  key: string;
  name: string;
  value: string;
}

export interface Trouble {
  id: string;
  group: 'The exporter' | 'The server' | 'Its storage';
  name: string;
  about: string;
  fields: readonly Field[];
  /** May end by itself. */
  lasts: boolean;
}

const delay = (value: string): Field => ({ key: 'delay', name: 'After', value });
const after = (value: string): Field => ({ key: 'after', name: 'At byte', value });
const bytes = (value: string): Field => ({ key: 'bytes', name: 'Bytes', value });

function fault(id: string, name: string, about: string, ...fields: Field[]): Trouble {
  return { id, group: 'The exporter', name, about, fields, lasts: true };
}

export const kTroubles: readonly Trouble[] = [
  fault('refuse', 'Refuses connections', 'As when its process is down.'),
  fault('hang', 'Says nothing', 'Takes the request and never answers: the timeout ends the scrape.'),
  fault('status', 'Answers with an error', 'Any status but 200 fails the scrape.', { key: 'status', name: 'Status', value: '500' }),
  fault('slow', 'Is slow', 'The answer comes later.', delay('11s')),
  fault('slow_body', 'Has a slow body', 'The head is in time, the body comes later.', delay('11s')),
  fault('drip', 'Drips', 'The body comes a few bytes at a time.', bytes('100'), delay('1s')),
  fault('hang_body', 'Stops within the body', 'Says nothing more behind this byte.', after('0')),
  fault('truncate', 'Cuts the body', 'Closes the connection within the body.', after('0')),
  fault('reset', 'Resets the connection', 'After it has read the request.'),
  fault('reset_body', 'Resets within the body', 'The connection is reset behind this byte.', after('0')),
  fault('reset_before_head', 'Closes before the head', 'The connection ends without a byte.'),
  fault('reset_in_head', 'Closes within the head', 'The connection ends behind the status line.'),
  fault('empty', 'Exposes nothing', 'Status 200 and no body: every series ends.'),
  fault('corrupt', 'Sends a damaged byte', 'The bits of a byte of the body are inverted.', after('10')),
  fault('non_utf8', 'Sends invalid UTF-8', 'A byte ff in the first label value.'),
  fault('content_type', 'Says a wrong type', 'The body is not read.', { key: 'content_type', name: 'Content-Type', value: 'text/html' }),
  fault('bad_gzip', 'Sends bad gzip', 'Says that the body is gzip, and it is not.'),
  fault('gzip_bomb', 'Sends a gzip bomb', 'A few kilobytes that unpack to many.', bytes('8388608')),
  fault('oversize', 'Sends too much', 'Comments, then the body.', bytes('1048576')),
  fault('extra_body', 'Sends bytes behind the end', 'They are not read.', bytes('64')),
  fault('redirect', 'Redirects', 'To another address or path.', { key: 'location', name: 'To', value: '/moved' }),
  fault('redirect_loop', 'Redirects to itself', 'Until the server gives up, after 10.'),
  fault('resolve', 'Has no address', 'The name is not known.'),
  fault('dial_timeout', 'Cannot be reached', 'No answer to the attempt to connect.'),
  fault('tls', 'Fails the handshake', 'An unknown authority.'),
  { id: 'restart', group: 'The exporter', name: 'Restarts', about: 'Refuses for a while, then its process is a new one.', fields: [{ key: 'restart', name: 'Is away', value: '10s' }], lasts: false },
  { id: 'pause', group: 'The server', name: 'Process stands still', about: 'Time passes; what falls due fires afterwards.', fields: [{ key: 'pause', name: 'For', value: '40s' }], lasts: false },
  { id: 'clock_step', group: 'The server', name: 'Wall clock jumps', about: 'Timers do not notice.', fields: [{ key: 'step', name: 'By', value: '-30s' }], lasts: false },
  { id: 'clock_drift', group: 'The server', name: 'Wall clock drifts', about: 'Gains, or with a minus loses.', fields: [{ key: 'drift', name: 'By', value: '20000ppm' }], lasts: true },
  { id: 'jitter', group: 'The server', name: 'Timers are late', about: 'Each by an amount drawn from the seed.', fields: [{ key: 'up_to', name: 'Up to', value: '2s' }], lasts: true },
  { id: 'reload', group: 'The server', name: 'Reloads its configuration', about: 'The same one, again.', fields: [], lasts: false },
  { id: 'commit_error', group: 'Its storage', name: 'Commits fail', about: 'Each takes all of its scrape with it.', fields: [{ key: 'error', name: 'Error', value: 'no space left on device' }], lasts: true },
  { id: 'commit_delay', group: 'Its storage', name: 'Commits are slow', about: 'The next tick waits for it.', fields: [{ key: 'delay', name: 'By', value: '20s' }], lasts: true },
  { id: 'append', group: 'Its storage', name: 'Appends are refused', about: 'Every one, with this verdict.', fields: [{ key: 'kind', name: 'Kind', value: 'out_of_order' }], lasts: true },
];

/** The event without its time. `values` by key of the field; an empty `lasting` has no end. */
export function eventOf(trouble: Trouble, exporter: string, values: Readonly<Record<string, string>>, lasting: string): Record<string, unknown> {
  const filled = Object.fromEntries(trouble.fields.map(({ key }) => [key, scalar(values[key] ?? '')]).filter(([, value]) => value !== ''));
  const end = trouble.lasts && lasting !== '' ? { for: lasting } : {};
  switch (trouble.id) {
    case 'restart':
      return { exporter, restart: filled.restart ?? true };
    case 'pause':
      return filled;
    case 'clock_step':
    case 'clock_drift':
      return { clock: filled, ...end };
    case 'jitter':
      return { jitter: filled, ...end };
    case 'reload':
      return { reload: null };
    case 'commit_error':
    case 'commit_delay':
      return { commit: filled, ...end };
    case 'append':
      return { append: filled, ...end };
    default:
      return { exporter, fault: trouble.id, ...filled, ...end };
  }
}

function scalar(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}
