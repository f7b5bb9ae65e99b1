// Random numbers of the page: the same ones for the same keys, in every browser.

/** A 32-bit integer in which each bit of the given one counts (the finaliser of MurmurHash 3, by A. Appleby). */
function mixed(value) {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** A function whose calls give numbers in (0, 1), a stream of its own for each list of keys (Steele et al. 2014, SplitMix). */
function stream(...keys) {
  let state = keys.reduce((found, key) => mixed((found + 0x9e3779b9) ^ mixed(key | 0)), 0);
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return (mixed(state) + 0.5) / 2 ** 32;
  };
}

/** So many standard normal numbers (Box and Muller 1958); fewer of them are the first ones. */
function normals(count, ...keys) {
  const next = stream(...keys), values = new Float32Array(count + (count % 2));
  for (let index = 0; index < count; index += 2) {
    const radius = Math.sqrt(-2 * Math.log(next())), angle = 2 * Math.PI * next();
    values[index] = radius * Math.cos(angle);
    values[index + 1] = radius * Math.sin(angle);
  }
  return values.subarray(0, count);
}
