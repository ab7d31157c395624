package io.tidemark.workload.command;

import io.tidemark.cli.Session;
import io.tidemark.engine.config.Section;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the DynamoDB is that a workload writes to: options, the source of the configuration file, or what the AWS SDK finds by itself. */
final class ShopAddress {
    static final String TYPE = "dynamodb";

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "With dynamodb: URL at which it is called, such as that of DynamoDB Local.")
    private @Nullable String endpoint;

    @Option(names = "--region", paramLabel = "REGION", description = "With dynamodb: AWS region.")
    private @Nullable String region;

    @Option(
            names = "--access-key",
            paramLabel = "ID",
            description = "With dynamodb: access key id; by default credentials come by the AWS SDK's chain.")
    private @Nullable String accessKey;

    @Option(
            names = "--secret-key-env",
            paramLabel = "NAME",
            defaultValue = "AWS_SECRET_ACCESS_KEY",
            description =
                    "With dynamodb and --access-key: environment variable that holds its secret; default ${DEFAULT-VALUE}.")
    private String secretKeyEnv = "AWS_SECRET_ACCESS_KEY";

    /** Whether an option says where. */
    boolean isNamed() {
        return endpoint != null || region != null || accessKey != null;
    }

    /** Settings of the source. */
    Settings settings(Session session) {
        if (!isNamed() && Files.exists(session.configFile())) {
            Section source = session.config().source();
            if (source.type().equals(TYPE)) {
                return source.settings();
            }
        }
        Map<String, String> texts = new HashMap<>();
        put(texts, "endpoint", endpoint);
        put(texts, "region", region);
        put(texts, "access-key", accessKey);
        if (accessKey != null) {
            texts.put("secret-key", secret(session));
        }
        return new Settings("workload", texts, Map.of());
    }

    private String secret(Session session) {
        String secret = session.environment().get(secretKeyEnv);
        if (secret == null) {
            throw new TidemarkException(
                    ErrorCode.SECRET_NOT_FOUND,
                    "Cannot read the secret key: the environment variable is not set (variable=" + secretKeyEnv + ")");
        }
        return secret;
    }

    private static void put(Map<String, String> texts, String key, @Nullable String value) {
        if (value != null) {
            texts.put(key, value);
        }
    }
}
