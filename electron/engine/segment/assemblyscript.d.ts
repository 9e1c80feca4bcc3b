/** What scripts/assemblyscript.mjs makes of AssemblyScript: the compiled module in base64. */
declare module '*?assemblyscript' {
  const base64: string;
  export default base64;
}

/** The part of the WebAssembly API that is used here; TypeScript has it in the DOM's types alone. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module) => Instance;
  function validate(bytes: Uint8Array): boolean;
}
