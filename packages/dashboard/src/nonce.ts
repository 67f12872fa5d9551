// The nonce that lets styles made at run time in (the server's Content-Security-Policy). Vite writes its place into the page;
// browsers hide it from the attribute, not from the property.
export const styleNonce = (): string => document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? '';
