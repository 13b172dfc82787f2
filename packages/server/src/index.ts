export { ensureDatabase } from './db/ensure-database.ts';
export { readServerFile, type ServerFile } from './home-lock.ts';
export { embeddedUrl, hasCluster, startCluster, stopLeftCluster } from './postgres/cluster.ts';
export { dataHome, postgresUser } from './postgres/user.ts';
export { type Server, type ServerOptions, startServer, startServicesProcess } from './server.ts';
