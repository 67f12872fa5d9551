// A certificate for tests, made by openssl, self-signed, for `localhost` alone and good for a hundred years. It proves nothing to
// anybody who does not put it among those it trusts, as the tests of TLS do.
export const LOCALHOST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYQ1oN29h91Yx9Cm6
JwWt+j4HCm+WjNOM4iyn/X69fYGhRANCAASkFEkzeTyVWC2qFisU0fowmaliitqT
enzIZiWaMrQoxaCKTLzH1JcKoMGirTS6mIZsjEH5RvG7r7GyQmh4P4E9
-----END PRIVATE KEY-----
`;
export const LOCALHOST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUDkaCzeX+musOUt8RUEksB5cYnTcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjA4MTMwM1oYDzIxMjYxMTAy
MDgxMzAzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASkFEkzeTyVWC2qFisU0fowmaliitqTenzIZiWaMrQoxaCKTLzH1JcK
oMGirTS6mIZsjEH5RvG7r7GyQmh4P4E9o2kwZzAdBgNVHQ4EFgQUUzJrwflBtF9H
XrTS0Jtwc1wMdw0wHwYDVR0jBBgwFoAUUzJrwflBtF9HXrTS0Jtwc1wMdw0wDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhAIQsfWWerVWl6hugw0EAtFwUKXIEp4P9BBZsHhlHZbzCAiEA6S+6CNMl
m3glf0yYnTa7SPyDWL6qo94TxxaTx8X/1qQ=
-----END CERTIFICATE-----
`;
