// Made-up answers in the shapes of the gateway's API, for work on the console without any service.
// Not part of the build: nothing under src/ may import this.
// The key `empty` sees a tenant without data, `slow` waits, `broken` gets problems; any other has data.

const SERVICES = ['web', 'cart', 'checkout', 'payment', 'stock', 'mail', 'search', 'users'];
const CALLS = [
  ['web', 'cart'],
  ['web', 'search'],
  ['web', 'checkout'],
  ['web', 'users'],
  ['cart', 'redis'],
  ['cart', 'stock'],
  ['checkout', 'payment'],
  ['checkout', 'stock'],
  ['checkout', 'orders'],
  ['orders', 'mail'],
  ['payment', 'bank.example'],
  ['stock', 'postgres'],
  ['users', 'postgres'],
  ['search', 'postgres'],
];

/** A repeatable random number in [0, 1) for `seed`. */
function noise(seed) {
  let x = Math.imul((seed | 0) ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}
const pick = (list, seed) => list[Math.floor(noise(seed) * list.length)];
const hex = (seed, digits) =>
  Array.from({ length: digits }, (_, at) =>
    Math.floor(noise(seed * 31 + at * 7919) * 16).toString(16),
  ).join('');
const iso = (time) => new Date(time).toISOString();
const time = (value, fallback) =>
  value == null || value === ''
    ? fallback
    : /^\d+(\.\d+)?$/.test(String(value))
      ? Number(value)
      : Date.parse(value);

const fresh = () => ({ completeUntil: iso(Date.now() - 1200) });

class Rejected extends Error {
  constructor(status, title, detail) {
    super(detail);
    Object.assign(this, { status, title });
  }
}

// ---- logs

const BODIES = [
  ['INFO', 'GET /api/products/#1 200 in #2 ms'],
  ['INFO', 'order #1 placed by user #2'],
  ['DEBUG', 'cache hit for key product:#1'],
  ['WARN', 'stock of product #1 is low: #2 left'],
  ['INFO', 'payment #1 authorised'],
  [
    'ERROR',
    'payment #1 failed: bank.example answered 503\njava.io.IOException: 503\n\tat shop.payment.Bank.charge(Bank.java:88)\n\tat shop.payment.PaymentController.pay(PaymentController.java:41)',
  ],
  ['INFO', 'session of user #1 refreshed'],
];
const NUMBERS = { TRACE: 1, DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 };
const LOG_EVERY = 400;

function logAt(index) {
  const at = index * LOG_EVERY;
  const [severity, template] = BODIES[Math.floor(noise(index) ** 1.4 * BODIES.length)];
  const service = pick(SERVICES, index * 3);
  const traced = noise(index * 5) < 0.6;
  return {
    time: iso(at),
    observedTime: iso(at + 40),
    severity,
    severityNumber: NUMBERS[severity],
    body: template
      .replace('#1', String(Math.floor(noise(index * 7) * 9000)))
      .replace('#2', String(Math.floor(noise(index * 11) * 300))),
    service,
    resource: {
      'service.name': service,
      'service.version': '1.4.2',
      'k8s.pod.name': `${service}-${hex(Math.floor(noise(index) * 3), 5)}`,
    },
    attributes: {
      'thread.name': `http-${Math.floor(noise(index * 13) * 8)}`,
      'logger.name': `shop.${service}.${pick(['Controller', 'Store', 'Client'], index)}`,
      ...(noise(index * 17) < 0.3 ? { 'http.response.status_code': 200 } : {}),
    },
    traceId: traced ? hex(Math.floor(at / 20_000), 32) : null,
    spanId: traced ? hex(Math.floor(at / 20_000) + 1, 16) : null,
  };
}

function searchLogs(body) {
  const start = time(body.start, Date.now() - 3600e3);
  const end = time(body.end, Date.now());
  if (start >= end) throw new Rejected(400, 'Window inverted', 'end: before start');
  const words = [...(body.query ?? '').matchAll(/(NOT )?(?:([\w.]+):)?(?:"([^"]*)"|(\S+))/g)]
    .map(([, not, field, phrase, word]) => ({ not, field, text: (phrase ?? word).toLowerCase() }))
    .filter(({ field, text }) => field || !['and', 'or'].includes(text));
  if ((body.query ?? '').split('"').length % 2 === 0) {
    throw new Rejected(400, 'Query not understood', 'query: a phrase is not closed (at 0)');
  }
  const matches = (row) =>
    words.every(({ not, field, text }) => {
      const where = field
        ? String(
            { severity: row.severity, trace_id: row.traceId }[field] ??
              row.resource[field] ??
              row.attributes[field] ??
              '',
          ).toLowerCase() === text
        : row.body.toLowerCase().includes(text.replace(/\*$/, ''));
      return not ? !where : where;
    }) &&
    Object.entries(body.filters ?? {}).every(([field, values]) =>
      values.includes({ severity: row.severity, 'service.name': row.service }[field]),
    );
  const first = Math.ceil(start / LOG_EVERY);
  const last = Math.ceil(end / LOG_EVERY) - 1;
  const from = Number(body.cursor ?? 0);
  const rows = [];
  let total = 0;
  const checked = Math.min(last - first + 1, 60_000);
  for (let at = 0; at < checked; at++) {
    const row = logAt(body.order === 'asc' ? first + at : last - at);
    if (!matches(row)) continue;
    if (total >= from && rows.length < (body.limit ?? 100)) rows.push(row);
    total++;
  }
  const next = from + rows.length;
  return {
    rows,
    total: { value: total, exact: checked === last - first + 1 },
    cursor: next < total ? String(next) : null,
    freshness: fresh(),
    partial: false,
  };
}

function countLogs(body) {
  const [start, end] = [time(body.start), time(body.end)];
  const step = [1, 5, 10, 30, 60, 300, 900, 3600, 86_400]
    .map((seconds) => seconds * 1000)
    .find((millis) => (end - start) / millis <= 60);
  const buckets = [];
  for (let at = Math.floor(start / step) * step; at < end; at += step) {
    const base = step / LOG_EVERY;
    const severities = {
      INFO: Math.round(base * (0.4 + 0.2 * noise(at))),
      WARN: Math.round(base * 0.1 * noise(at + 1)),
      ERROR: Math.round(base * 0.3 * noise(at + 2) ** 6),
    };
    const count = Object.values(severities).reduce((a, b) => a + b);
    buckets.push({ start: iso(at), count, severities });
  }
  return {
    stepMillis: step,
    buckets,
    total: { value: 0, exact: true },
    freshness: fresh(),
    partial: false,
  };
}

// ---- metrics

const METRICS = {
  http_server_request_duration_seconds_count: ['histogram', 'Duration of HTTP requests'],
  http_server_request_duration_seconds_sum: ['histogram', 'Duration of HTTP requests'],
  http_server_request_duration_seconds_bucket: ['histogram', 'Duration of HTTP requests'],
  jvm_memory_used_bytes: ['gauge', 'Memory in use by pool'],
  jvm_threads_live: ['gauge', 'Live threads'],
  jvm_gc_duration_seconds_sum: ['histogram', 'Garbage collection'],
  process_cpu_seconds_total: ['counter', 'CPU time'],
  kafka_consumer_records_lag: ['gauge', 'Records not yet read'],
  aom_ingest_items_received_total: ['counter', 'Items received'],
  up: ['gauge', 'Whether the last scrape succeeded'],
};

function seriesOf(query) {
  if (/[({]\s*$|\bsum by\s*$/.test(query) || query.split('(').length !== query.split(')').length) {
    throw new Rejected(400, 'bad_data', `1:${query.length}: parse error: unexpected end of input`);
  }
  const name = Object.keys(METRICS).find((one) => query.includes(one));
  if (!name) return [];
  const count = /^\s*(sum|avg|max|min|count)\s*\(/.test(query) ? 1 : SERVICES.length;
  return Array.from({ length: count }, (_, at) => ({
    metric:
      count === 1
        ? {}
        : {
            ...(query.includes('(') ? {} : { __name__: name }),
            job: 'shop',
            service_name: SERVICES[at],
            instance: `10.0.0.${at + 1}:8080`,
          },
    value: (seconds) => {
      const scale = name.includes('bytes') ? 2e8 : name.includes('seconds') ? 0.05 : 40;
      const wave = 1 + 0.4 * Math.sin(seconds / 900 + at) + 0.15 * Math.sin(seconds / 61 + at * 3);
      return name === 'up' ? 1 : scale * (0.4 + noise(at + 3)) * wave;
    },
  }));
}

const number = (value) => String(Number(value.toPrecision(8)));

function prometheus(path, params) {
  const success = (data, extra = {}) => ({ status: 'success', data, ...extra });
  switch (path) {
    case 'query_range': {
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(params.get(name)));
      const result = seriesOf(params.get('query')).map(({ metric, value }, at) => ({
        metric,
        values: Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => [
          start + index * step,
          number(value(start + index * step)),
        ]).filter(
          (_, index, all) => at !== 2 || index / all.length < 0.4 || index / all.length > 0.5,
        ),
      }));
      return success({ resultType: 'matrix', result });
    }
    case 'query': {
      const at = Number(params.get('time') ?? Date.now() / 1000);
      const result = seriesOf(params.get('query')).map(({ metric, value }) => ({
        metric,
        value: [at, number(value(at))],
      }));
      return success({ resultType: 'vector', result });
    }
    case 'labels':
      return success(['__name__', 'instance', 'job', 'service_name']);
    case 'label/__name__/values':
      return success(Object.keys(METRICS));
    case 'label/service_name/values':
      return success(SERVICES);
    case 'series':
      return success(
        Object.keys(METRICS).flatMap((name) =>
          SERVICES.map((service) => ({ __name__: name, job: 'shop', service_name: service })),
        ),
      );
    case 'metadata':
      return success(
        Object.fromEntries(
          Object.entries(METRICS).map(([name, [type, help]]) => [name, [{ type, help, unit: '' }]]),
        ),
      );
    default:
      return success([]);
  }
}

// ---- traces and topology

function traceAt(slot) {
  const traceId = hex(slot, 32);
  const start = slot * 20_000;
  const spans = [];
  const big = slot % 40 === 0;
  const failing = noise(slot * 3) < 0.18;
  let next = 0;
  const add = (parent, service, operation, kind, offset, duration, extra = {}) => {
    const startNanos = BigInt(start) * 1_000_000n + BigInt(Math.round(offset * 1e6));
    const span = {
      spanId: hex(slot + 1 + next * 104_729, 16),
      parentSpanId: parent?.spanId ?? null,
      service,
      operation,
      kind,
      start: iso(Number(startNanos / 1_000_000n)).replace(
        'Z',
        `${String(startNanos % 1_000_000n).padStart(6, '0')}Z`,
      ),
      startUnixNano: String(startNanos),
      durationNanos: Math.round(duration * 1e6),
      status: 'UNSET',
      statusMessage: '',
      attributes: { 'thread.id': 12 + next, 'url.path': operation.split(' ')[1] ?? '/' },
      resource: { 'service.name': service, 'service.version': '1.4.2', 'host.name': 'node-1' },
      events: [],
      links: [],
      ...extra,
    };
    next++;
    spans.push(span);
    return span;
  };
  const total = 20 + noise(slot) ** 3 * 900;
  const root = add(null, 'web', 'POST /checkout', 'SERVER', 0, total);
  const checkout = add(root, 'checkout', 'POST /orders', 'SERVER', total * 0.1, total * 0.8);
  const stock = add(checkout, 'stock', 'GET /stock', 'SERVER', total * 0.15, total * 0.2);
  add(stock, 'stock', 'SELECT stock', 'CLIENT', total * 0.17, total * 0.12, {
    attributes: {
      'db.system.name': 'postgresql',
      'db.query.text': 'SELECT * FROM stock WHERE id = ?',
    },
  });
  const pay = add(checkout, 'payment', 'POST /payments', 'SERVER', total * 0.4, total * 0.35);
  add(pay, 'payment', 'POST', 'CLIENT', total * 0.42, total * 0.3, {
    ...(failing ? { status: 'ERROR', statusMessage: 'bank.example answered 503' } : {}),
    events: failing
      ? [
          {
            time: iso(start + total * 0.7),
            name: 'exception',
            attributes: {
              'exception.type': 'java.io.IOException',
              'exception.message': '503',
              'exception.stacktrace':
                'java.io.IOException: 503\n\tat shop.payment.Bank.charge(Bank.java:88)',
            },
          },
        ]
      : [],
  });
  add({ spanId: hex(slot + 999, 16) }, 'mail', 'send', 'CONSUMER', total * 0.85, total * 0.1, {
    links: [{ traceId: hex(slot - 1, 32), spanId: hex(slot, 16) }],
  });
  if (big) {
    for (let at = 0; at < 4000; at++) {
      const parent = spans[Math.floor(noise(at) * Math.min(spans.length, 1500))];
      add(
        parent,
        pick(SERVICES, at),
        `step ${at}`,
        'INTERNAL',
        noise(at * 3) * total,
        noise(at * 7) * total * 0.05,
      );
    }
  }
  return { traceId, spans, partial: false };
}

function summary(slot) {
  const { traceId, spans } = traceAt(slot);
  const [root] = spans;
  return {
    traceId,
    rootService: root.service,
    rootOperation: root.operation,
    start: root.start,
    durationNanos: root.durationNanos,
    spanCount: spans.length,
    errorCount: spans.filter(({ status }) => status === 'ERROR').length,
    services: [...new Set(spans.map(({ service }) => service))],
  };
}

const slots = new Map();
function findTraces(params) {
  const start = time(params.get('start'), Date.now() - 3600e3);
  const end = time(params.get('end'), Date.now());
  const limit = Number(params.get('limit') ?? 50);
  let slot = Number(params.get('cursor') ?? Math.floor(end / 20_000));
  const traces = [];
  for (; traces.length < limit && slot * 20_000 >= start; slot--) {
    const one = summary(slot);
    slots.set(one.traceId, slot);
    const millis = one.durationNanos / 1e6;
    if (params.get('status') === 'ERROR' && one.errorCount === 0) continue;
    if (millis < Number(params.get('minDurationMs') ?? 0)) continue;
    if (millis > Number(params.get('maxDurationMs') ?? Infinity)) continue;
    if (params.get('service') && !one.services.includes(params.get('service'))) continue;
    traces.push(one);
  }
  return {
    traces,
    cursor: slot * 20_000 >= start ? String(slot) : null,
    freshness: fresh(),
    partial: false,
  };
}

function getTrace(id) {
  if (!slots.has(id)) {
    const now = Math.floor(Date.now() / 20_000);
    for (let slot = now; slot > now - 5000 && !slots.has(id); slot--)
      slots.set(hex(slot, 32), slot);
  }
  const slot = slots.get(id);
  if (slot === undefined)
    throw new Rejected(404, 'Trace unknown', `traceId: ${id} (expected: a stored trace)`);
  return traceAt(slot);
}

function listServices(params) {
  const seconds = (time(params.get('end')) - time(params.get('start'))) / 1000;
  return {
    services: SERVICES.map((name, at) => {
      const ratePerSecond = 60 * noise(at + 1) ** 2;
      const errorRatio = [0, 0, 0.002, 0.081, 0, 0.013, 0, 0][at];
      const calls = Math.round(ratePerSecond * seconds);
      const p50Millis = 4 + 40 * noise(at * 3);
      return {
        name,
        namespace: 'shop',
        calls,
        errors: Math.round(calls * errorRatio),
        ratePerSecond,
        errorRatio,
        p50Millis,
        p95Millis: p50Millis * 4.2,
        p99Millis: p50Millis * 9.7,
      };
    }),
    freshness: fresh(),
    partial: false,
  };
}

function topology() {
  const type = (name) =>
    ({ postgres: 'database', redis: 'database', orders: 'messaging', 'bank.example': 'external' })[
      name
    ] ?? 'service';
  const names = [...new Set(CALLS.flat())];
  const edges = CALLS.map(([caller, callee], at) => {
    const calls = Math.round(200 + noise(at * 5) * 90_000);
    const p50Millis = 2 + noise(at) * 30;
    return {
      caller,
      callee,
      calls,
      errors: callee === 'bank.example' ? Math.round(calls * 0.08) : at === 7 ? 12 : 0,
      p50Millis,
      p95Millis: p50Millis * 4,
      p99Millis: p50Millis * 9,
    };
  });
  return {
    nodes: names.map((name) => {
      const inbound = edges.filter(({ callee }) => callee === name);
      const sum = (field) => inbound.reduce((total, edge) => total + edge[field], 0);
      return {
        id: name,
        name,
        type: type(name),
        calls: sum('calls') || 120_000,
        errors: sum('errors'),
      };
    }),
    edges,
    freshness: fresh(),
    partial: false,
  };
}

// ---- alarms

let rules = [
  {
    id: 'r1',
    name: 'Payments fail',
    enabled: true,
    condition: {
      promql:
        'sum by (service_name) (rate(http_server_request_duration_seconds_count{status="500"}[5m])) > 0.05',
    },
    forSeconds: 120,
    keepFiringForSeconds: 0,
    intervalSeconds: 30,
    severity: 'critical',
    labels: { team: 'payments' },
    annotations: {
      summary: 'More than 5% of payments fail',
      description: 'Look at bank.example first.',
    },
    receivers: [{ type: 'webhook', url: 'http://127.0.0.1:9099/hook' }],
    version: 1,
  },
  {
    id: 'r2',
    name: 'Instance down',
    enabled: true,
    condition: { promql: 'up == 0' },
    forSeconds: 60,
    intervalSeconds: 15,
    severity: 'major',
    labels: {},
    annotations: {},
    receivers: [],
    version: 4,
  },
  {
    id: 'r3',
    name: 'Much memory in use',
    enabled: false,
    condition: { promql: 'jvm_memory_used_bytes > 2e9' },
    forSeconds: 600,
    intervalSeconds: 60,
    severity: 'minor',
    labels: {},
    annotations: {},
    receivers: [],
    version: 2,
  },
];

function listAlarms(params) {
  const now = Date.now();
  const alarm = (id, rule, state, labels, ago, value) => ({
    id,
    ruleId: rule.id,
    ruleName: rule.name,
    severity: rule.severity,
    state,
    labels,
    annotations: rule.annotations,
    value,
    startedAt: iso(now - ago),
    firedAt: state === 'pending' ? null : iso(now - ago + 120e3),
    resolvedAt: state === 'resolved' ? iso(now - ago + 900e3) : null,
    history: [
      { state: 'pending', at: iso(now - ago), value },
      ...(state === 'pending' ? [] : [{ state: 'firing', at: iso(now - ago + 120e3), value }]),
      ...(state === 'resolved'
        ? [{ state: 'resolved', at: iso(now - ago + 900e3), value: 0 }]
        : []),
    ],
  });
  const [r1, r2, r3] = [0, 1, 2].map((at) => rules[at] ?? rules[0]);
  if (!r1) return { alarms: [], cursor: null };
  const alarms = [
    alarm('a1', r1, 'firing', { service_name: 'payment', team: 'payments' }, 1500e3, 0.081),
    alarm('a2', r2, 'firing', { job: 'shop/mail', instance: '10.0.0.6:8080' }, 400e3, 0),
    alarm('a3', r2, 'pending', { job: 'shop/search', instance: '10.0.0.7:8080' }, 40e3, 0),
    alarm('a4', r3, 'resolved', { service_name: 'cart', area: 'heap' }, 3000e3, 2.31e9),
  ].filter(
    ({ state, severity }) =>
      (params.get('state') ?? state) === state && (params.get('severity') ?? severity) === severity,
  );
  return { alarms, cursor: null };
}

function changeRules(method, id, body) {
  const at = rules.findIndex((rule) => rule.id === id);
  if (method === 'POST') {
    const rule = { ...body, id: `r${Date.now()}`, version: 1 };
    rules = [...rules, rule];
    return [201, rule];
  }
  if (at < 0) throw new Rejected(404, 'Rule unknown', `id: ${id} (expected: a rule)`);
  if (method === 'DELETE') {
    rules = rules.filter((rule) => rule.id !== id);
    return [204];
  }
  if (body.version !== rules[at].version) {
    throw new Rejected(
      409,
      'Rule changed meanwhile',
      `version: ${body.version} (expected: ${rules[at].version})`,
    );
  }
  const rule = { ...body, version: body.version + 1 };
  rules = rules.with(at, rule);
  return [200, rule];
}

// ---- ledger

function ledger(params) {
  const hours = Math.max(
    1,
    Math.round((time(params.get('to')) - time(params.get('from'))) / 3600e3),
  );
  const row = (signal, accepted, refused) => ({
    tenant: 'main',
    signal,
    hour: iso(Math.floor(Date.now() / 3600e3) * 3600e3),
    accepted: accepted * hours,
    stored: Math.floor(accepted * hours * 0.93),
    inHead: accepted * hours - Math.floor(accepted * hours * 0.93),
    deadLettered: 0,
    duplicate: 0,
    refused,
  });
  return {
    rows: [
      row('metrics', 4_210_330, { 'out-of-order': 12 }),
      row('logs', 9000, {}),
      row('spans', 182_040, {}),
    ],
    freshness: {
      metrics: iso(Date.now() - 900),
      logs: iso(Date.now() - 42_000),
      spans: iso(Date.now()),
    },
    partial: false,
  };
}

const EMPTY = {
  '/api/v1/logs/histogram': { stepMillis: 60_000, buckets: [], partial: false },
  '/api/v1/services': { services: [], partial: false },
  '/api/v1/traces': { traces: [], cursor: null, partial: false },
  '/api/v1/topology': { nodes: [], edges: [], partial: false },
  '/api/v1/alarms': { alarms: [], cursor: null },
  '/api/v1/alarm-rules': { rules: [], cursor: null },
  '/api/v1/ledger': { rows: [], partial: false },
  '/api/v1/logs/search': {
    rows: [],
    total: { value: 0, exact: true },
    cursor: null,
    partial: false,
  },
};

/** Answers `[status, body]`; throws Rejected for a problem. */
function answer(method, path, params, body, key) {
  if (path === '/api/v1/whoami') {
    return [
      200,
      { subject: key, tenant: 'main', roles: key === 'viewer' ? ['viewer'] : ['admin'] },
    ];
  }
  if (path === '/api/v1/endpoints') return [200, { otlpHttpPort: 4318, otlpGrpcPort: 4317 }];
  if (key === 'broken')
    throw new Rejected(503, 'Service not available', 'log-service: no answer within 2 s');
  if (key === 'empty') {
    if (path in EMPTY) return [200, EMPTY[path]];
    if (path.startsWith('/prometheus/')) {
      return [
        200,
        {
          status: 'success',
          data: path.endsWith('metadata')
            ? {}
            : path.includes('query')
              ? { resultType: 'matrix', result: [] }
              : [],
        },
      ];
    }
  }
  if (path.startsWith('/prometheus/api/v1/')) {
    return [200, prometheus(path.slice('/prometheus/api/v1/'.length), params)];
  }
  const rule = /^\/api\/v1\/alarm-rules\/(.+)$/.exec(path);
  if (rule) return changeRules(method, decodeURIComponent(rule[1]), body);
  const trace = /^\/api\/v1\/traces\/(.+)$/.exec(path);
  if (trace) return [200, getTrace(trace[1])];
  switch (path) {
    case '/api/v1/logs/search':
      return [200, searchLogs(body)];
    case '/api/v1/logs/histogram':
      return [200, countLogs(body)];
    case '/api/v1/services':
      return [200, listServices(params)];
    case '/api/v1/traces':
      return [200, findTraces(params)];
    case '/api/v1/topology':
      return [200, topology()];
    case '/api/v1/ledger':
      return [200, ledger(params)];
    case '/api/v1/alarms':
      return [200, listAlarms(params)];
    case '/api/v1/alarm-rules':
      return method === 'POST'
        ? changeRules(method, undefined, body)
        : [200, { rules, cursor: null }];
    default:
      throw new Rejected(404, 'Not found', path);
  }
}

/** Answers API requests; false if the path is none of the API's. */
export async function fixtures(request, response) {
  const url = new URL(request.url, 'http://fixtures');
  if (!/^\/(api|prometheus)\//.test(url.pathname)) return false;
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const send = (status, body, type = 'application/json') => {
    response.writeHead(status, { 'Content-Type': type });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  if (!key || key === 'wrong') {
    send(
      401,
      {
        type: 'urn:aom:problem:unauthenticated',
        title: 'Key not accepted',
        status: 401,
        detail: 'Authorization: unknown key (expected: an API key)',
      },
      'application/problem+json',
    );
    return true;
  }
  if (key === 'slow') await new Promise((done) => setTimeout(done, 3000));
  try {
    const params = form ? new URLSearchParams(text) : url.searchParams;
    const [status, body] = answer(
      request.method,
      url.pathname,
      params,
      form || !text ? undefined : JSON.parse(text),
      key,
    );
    send(status, body);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const { status, title, message } = error;
    if (url.pathname.startsWith('/prometheus/'))
      send(status, { status: 'error', errorType: title, error: message });
    else
      send(
        status,
        { type: 'urn:aom:problem:example', title, status, detail: message },
        'application/problem+json',
      );
  }
  return true;
}
