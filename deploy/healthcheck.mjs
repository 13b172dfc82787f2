// Whether this container does its work: its own server is ready, or, where none listens, the server of its worker answers.
const { SLUICE_SERVER_PORT: port = '4200', SLUICE_API_URL: api = `http://127.0.0.1:${port}/api` } = process.env;
const signal = AbortSignal.timeout(4000);
const answer = await fetch(`http://127.0.0.1:${port}/api/ready`, { signal })
  .catch(() => fetch(`${api}/health`, { signal }))
  .catch((error) => ({ ok: false, status: error.cause?.message ?? error.message }));
if (!answer.ok) console.error(`Sluice is not ready: ${answer.status}`);
process.exit(answer.ok ? 0 : 1);
