/** Freezes plain data, whole. Bytes and dates cannot be frozen and are left. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const item of Object.values(value)) deepFreeze(item);
  Object.freeze(value);
}
