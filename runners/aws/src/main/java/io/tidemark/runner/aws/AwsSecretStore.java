package io.tidemark.runner.aws;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.secret.SecretStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * Secrets of AWS Secrets Manager, by name or ARN. Credentials, region and endpoint come by the SDK's default chain; the permission is
 * {@code secretsmanager:GetSecretValue}.
 *
 * @see <a href="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html">GetSecretValue</a>
 */
public final class AwsSecretStore implements SecretStore {
    /** {@link java.util.ServiceLoader} makes it. */
    public AwsSecretStore() {}

    @Override
    public String type() {
        return "aws-secret";
    }

    @Override
    public String read(String name) {
        try (SecretsManagerClient client = SecretsManagerClient.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            String text =
                    client.getSecretValue(request -> request.secretId(name)).secretString();
            if (text == null) {
                throw missing(name, "it is binary, not text", null);
            }
            return text;
        } catch (ResourceNotFoundException e) {
            throw missing(name, "AWS Secrets Manager has no such secret in this account and region", e);
        } catch (SdkException e) {
            throw missing(name, e.getMessage(), e);
        }
    }

    private static TidemarkException missing(String name, @Nullable String reason, @Nullable Throwable cause) {
        return new TidemarkException(
                ErrorCode.SECRET_NOT_FOUND,
                "Cannot read secret " + name + ": " + reason,
                "Check the secret's name, the region (AWS_REGION), the credentials of this process, and their permission"
                        + " secretsmanager:GetSecretValue.",
                cause);
    }
}
