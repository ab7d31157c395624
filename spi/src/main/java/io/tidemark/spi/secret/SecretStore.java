package io.tidemark.spi.secret;

/**
 * A vault; found by {@link java.util.ServiceLoader}. It is asked while the configuration is read, so that it knows of no settings but those of the
 * process's environment.
 */
public interface SecretStore {
    /** What a reference to it begins with: {@code aws-secret} for {@code ${aws-secret:NAME}}. */
    String type();

    /**
     * Reads a secret.
     *
     * @return its text as it is now
     * @throws io.tidemark.spi.error.TidemarkException {@code SECRET_NOT_FOUND}, naming the secret and what the vault said, never a value
     */
    String read(String name);
}
