/** What `map` has under `key`, where it has nothing from now on `fresh`. */
export function kept<K, V>(map: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, fresh: V): V {
  const found = map.get(key) ?? fresh;
  map.set(key, found);
  return found;
}
