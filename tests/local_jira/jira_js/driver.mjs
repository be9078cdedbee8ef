// Makes the calls that arrive line by line on standard input with jira.js, and answers line by line.
//
// A call is {site, auth, surface, group, method, args}; `surface` is "cloud" or "serviceDesk". An
// answer has `result` and `undeclared`, the members that the schemas of jira.js do not know; or
// `error`, the class of what jira.js threw, with the HTTP `status` and the `details`.
import { createInterface } from 'node:readline';

// jira.js reads this when it builds its schemas: undeclared members are then told, not let through.
process.env.AUDIT_SCHEMAS = 'true';
const { createCloudClient, createServiceDeskClient } = await import('jira.js');

const DRIFT = Symbol.for('apis-code-gen.schemaAudit');
const factories = { cloud: createCloudClient, serviceDesk: createServiceDeskClient };
const clients = new Map();

function clientFor({ site, auth, surface }) {
  const name = JSON.stringify([site, auth, surface]);
  if (!clients.has(name)) {
    clients.set(name, factories[surface]({ host: site, auth, onSchemaMismatch: 'throw' }));
  }
  return clients.get(name);
}

async function perform(call) {
  globalThis[DRIFT] = [];
  try {
    const method = clientFor(call)[call.group]?.[call.method];
    if (!method) throw new TypeError(`jira.js has no ${call.surface}.${call.group}.${call.method}`);
    const result = await method(call.args);
    const bytes = ArrayBuffer.isView(result) ? Buffer.from(result).toString('base64') : null;
    const undeclared = globalThis[DRIFT].flatMap((drift) => drift.keys ?? [drift.value]);
    return { result: bytes ?? result ?? null, undeclared };
  } catch (error) {
    const details = error.report ?? error.body ?? error.message;
    return { error: error.name, status: error.status ?? null, details };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await perform(JSON.parse(line)))}\n`);
}
