// Nobody calls it, and nobody hears it.
export {};
