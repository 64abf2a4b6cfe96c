declare global {
  /** Set to true to see what the client does in the console. */
  var djustDebug: boolean | undefined;
  /** Hooks by the name that `dj-hook` gives. */
  var djustHooks: Record<string, object> | undefined;
  /** The public face of the client. */
  var djust: import("./types.js").Djust | undefined;
  var trustedTypes:
    | {
        createPolicy(
          name: string,
          rules: { createHTML(html: string): string },
        ): { createHTML(html: string): unknown };
      }
    | undefined;
}

/** What a control holds: checked or not, the selected options, or text. */
export type Held = boolean | string | HTMLOptionElement[];

/** What input, select and textarea have between them. */
export interface Control extends HTMLElement {
  type: string;
  name: string;
  value: string;
  defaultValue: string;
  checked: boolean;
  multiple: boolean;
  selectedOptions: HTMLCollectionOf<HTMLOptionElement>;
  defaultChecked: boolean;
  disabled: boolean;
  form: HTMLFormElement | null;
  options: HTMLOptionsCollection;
  size: number;
  selectionStart: number | null;
  selectionEnd: number | null;
  selectionDirection: "forward" | "backward" | "none" | null;
  setSelectionRange(start: number, end: number | null, direction?: string | null): void;
}

/** A message of the protocol; its first item names its kind. */
export type Frame = [string, ...any[]];

export type Parameters = Record<string, any>;

/** How another page is shown. */
export interface Visit {
  _isReplacing?: boolean;
  /** The browser's own back or forward: the address is there already. */
  _isBack?: boolean;
  _scroll?: [number, number];
  /** A selector of what had the focus. */
  _focus?: string;
  /** Messages of the page before. */
  _flash?: [string, string, boolean?][];
}

/** What a frame from the server says besides ops. */
export interface Extra {
  error?: { code: string; text: string };
  reply?: unknown;
  events?: [string, unknown][];
  title?: string;
  flash?: [string, string, boolean?][];
  async_pending?: boolean;
  retry_after?: number;
  [other: string]: any;
}

/** One call of a handler, from the event that causes it to its reply. */
export interface Call {
  _name: string;
  _params: Parameters;
  _target?: string | null;
  _element?: Element;
  _type?: string;
  /** What the controls held that went with the call. */
  _held?: Map<Control, Held>;
  _ref?: number;
  /** The view that makes it, when there are nested ones. */
  _owner?: import("./view.js").View;
  /** The control of the form whose change it tells. */
  _control?: Element;
  /** How long to wait for a newer call of the same kind. */
  _debounce_ms?: number;
  /** It has waited, or need not. */
  _isDue?: boolean;
  _done?: (extra: Extra) => void;
}

/** Something that plugs into the client. The hooks with an underscore are for our own modules. */
export interface Extension {
  /** Owns the messages `<namespace>:<verb>`. */
  namespace?: string;
  onMessage?(verb: string, data: any): void;
  /** When events are handled, and when they are no more. */
  onConnection?(isReady: boolean): void;
  /** After the page has changed. */
  afterPatch?(root: Element): void;
  /** Before the page changes: what we changed ourselves has to be as the server rendered it. */
  _beforePatch?(isWhole?: boolean): void;
  /** Whether an event passes the filters of `dj-keydown.ctrl.enter`. */
  _passes?(filters: string[], event: any): boolean;
  /** Complete a call with what its event and its form say. */
  _complete?(call: Call, event: any, own: Parameters): void;
  /** Before a call is made; true means that it will be made, or dropped, by this extension. */
  _before?(call: Call): boolean | void;
  _start?(call: Call): void;
  _end?(call: Call, extra: Extra): void;
  _extra?(extra: Extra): void;
  _connection?(isReady: boolean): void;
  /** Make the calls that wait for a timer. */
  _flush?(): void;
}

/** What our own lazily loaded modules are given: the same objects that the core uses. */
export interface Core {
  _view: import("./view.js").View;
  _use: typeof import("./extensions.js").use;
  _tell: typeof import("./extensions.js").tell;
  _load: typeof import("./extensions.js").load;
  _OPAQUE: string;
  _seen: Record<string, boolean>;
  _home: typeof import("./html.js").home;
  _move: typeof import("./ops.js").move;
  _parse: typeof import("./html.js").parse;
  _setAttribute: typeof import("./html.js").setAttribute;
  _held: typeof import("./controls.js").held;
  _hold: typeof import("./controls.js").hold;
  _same: typeof import("./controls.js").same;
  _rendered: typeof import("./controls.js").rendered;
  _binding: typeof import("./events.js").binding;
  _callOf: typeof import("./events.js").callOf;
}

/** The public face of the client, as `globalThis.djust`. */
export interface Djust {
  /** What views have published with `@client_state`, by key. */
  state?: Record<string, unknown>;
  use(extension: Extension): void;
  registerHooks(hooks: Record<string, object>): void;
  /** Call a handler; the promise holds what it returned. */
  pushEvent(name: string, payload?: Parameters, target?: string): Promise<unknown>;
  /** Send `[kind, data]`, where `kind` is `<namespace>:<verb>`; false when there is no connection. */
  send(kind: string, data: unknown): boolean;
  /** Send bytes to an extension; how many wait to leave the browser, or -1 without a connection. */
  sendBinary?(namespace: string, data: Uint8Array): number;
  /** Put HTML that our server made into an element whose inside is not ours by number, and bind what it names. */
  insert?(parent: Element, before: Node | null, html: string): ChildNode[];
  /** Change an element whose inside is not ours by number; its controls keep what the visitor entered, as with ops. */
  guard?(element: Element, change: () => void): void;
}
