package io.tidemark.metastore.dynamodb;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** Opens {@link DynamoDbMetadataStore}s: type {@code dynamodb}. */
public final class DynamoDbMetadataStoreProvider implements MetadataStoreProvider {
    static final Setting<String> TABLE = new Setting<>(
            "table",
            "text",
            "tidemark",
            false,
            false,
            "Table that holds the entries; it is made, with on-demand capacity, when there is none. Pipelines may share it.",
            DynamoDbMetadataStoreProvider::tableName);
    static final Setting<String> REGION = Setting.text(
                    "region", "AWS region; by default the one of the environment or the AWS profile.")
            .asOptional();
    static final Setting<String> ENDPOINT = Setting.text(
                    "endpoint",
                    "URL at which DynamoDB is called, for a private endpoint or DynamoDB Local; by default the region's own.")
            .asOptional();
    static final Setting<String> ACCESS_KEY = Setting.text(
                    "access-key", "Access key id; by default credentials come by the AWS SDK's chain.")
            .asOptional();
    static final Setting<String> SECRET_KEY =
            Setting.text("secret-key", "Secret of the access key.").asOptional().asSecret();

    /** Roles of a process that call at the same time. */
    private static final int CONNECTIONS = 32;

    /** A lease is to be taken over by others before a call that hangs is given up. */
    private static final Duration ATTEMPT = Duration.ofSeconds(5);

    private static final Duration CALL = Duration.ofSeconds(15);

    @Override
    public String type() {
        return "dynamodb";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(TABLE, REGION, ENDPOINT, ACCESS_KEY, SECRET_KEY);
    }

    @Override
    public MetadataStore open(Settings settings) {
        String table = settings.value(TABLE);
        try {
            DynamoDbClientBuilder builder = DynamoDbClient.builder()
                    .credentialsProvider(credentials(settings))
                    .httpClientBuilder(ApacheHttpClient.builder().maxConnections(CONNECTIONS))
                    .overrideConfiguration(
                            call -> call.apiCallAttemptTimeout(ATTEMPT).apiCallTimeout(CALL));
            settings.find(REGION).map(Region::of).ifPresent(builder::region);
            settings.find(ENDPOINT).map(URI::create).ifPresent(builder::endpointOverride);
            return DynamoDbMetadataStore.open(builder.build(), table);
        } catch (SdkException e) {
            throw DynamoDbMetadataStore.unavailable("open", table, "", e);
        }
    }

    private static AwsCredentialsProvider credentials(Settings settings) {
        return settings.find(ACCESS_KEY)
                .<AwsCredentialsProvider>map(key ->
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(key, settings.value(SECRET_KEY))))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }

    /** Source: Amazon DynamoDB Developer Guide, "Naming rules". */
    private static String tableName(String text) {
        if (!text.matches("[A-Za-z0-9_.-]{3,255}")) {
            throw new IllegalArgumentException("must be 3 to 255 letters, digits, _, - and .");
        }
        return text;
    }
}
