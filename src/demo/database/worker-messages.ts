/** A PostgreSQL data directory, as a tar, compressed by gzip. */
export type DataDirectory = Uint8Array<ArrayBuffer>;

/** What the worker can do: run statements, or hand out its data directory. */
export type WorkerAction = { readonly sql: string } | { readonly copy: true };

/** An action, with a number by which the reply is told apart. */
export type WorkerCommand = WorkerAction & { readonly id: number };

/** How a command went: `error` is absent when it succeeded. */
export interface CommandReply {
  readonly id: number;
  readonly directory?: DataDirectory;
  readonly error?: string;
}

/** What the worker sends: first the address where it listens (`127.0.0.1:40123`), then a reply to each command. */
export type WorkerMessage = { readonly address: string } | CommandReply;
