/** The element that the hash of an address names, as browsers find it. */

/** @returns {HTMLElement | null} */
export const target = () => {
  const hash = location.hash.slice(1);
  if (!hash) return null;
  let text = hash;
  try {
    text = decodeURIComponent(hash);
  } catch {
    // What was never encoded is meant as it stands.
  }
  return (
    document.getElementById(hash) ??
    document.getElementById(text) ??
    document.querySelector(`a[name="${CSS.escape(text)}"]`)
  );
};
