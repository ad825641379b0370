import { readSecret } from '../../config/source/files.ts';

/** A secret from its file, read anew, without spaces around it. @throws Error when it cannot be read, or is empty. */
export async function secretOf(path: string): Promise<string> {
  const found = await readSecret(path);
  if ('fault' in found) throw new Error(`${path} cannot be read: ${found.fault}`);
  const text = found.text.trim();
  if (text === '') throw new Error(`${path} is empty`);
  return text;
}
