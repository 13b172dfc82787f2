/** Settings that would lead the job to another server than the one it starts. */
const NOT_FOLLOWED = /^(SLUICE|PREFECT)_(API_URL|API_KEY|API_AUTH_STRING|SERVER_API_AUTH_STRING|SERVER_HOST|SERVER_API_HOST|DATABASE_URL)$/;

/** From here on neither this process nor those it starts know them; what the home's `config.env` says still holds. */
export function forgetApiSettings(): void {
  for (const name of Object.keys(process.env)) if (NOT_FOLLOWED.test(name)) delete process.env[name];
}
