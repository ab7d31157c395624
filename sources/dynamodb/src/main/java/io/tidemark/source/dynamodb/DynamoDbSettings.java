package io.tidemark.source.dynamodb;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import java.net.URI;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The settings of the source. */
final class DynamoDbSettings {
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

    static final Setting<String> DOCUMENT = Setting.text(
                    "document",
                    "Name of a column that holds each whole item as DynamoDB JSON, beside its attributes; absent for none.")
            .asOptional();

    static final Setting<Integer> SAMPLE = Setting.integer(
            "sample",
            "1000",
            1,
            1_000_000,
            "How many items of a table are looked at to find its columns; further ones are added as they are met.");

    static final List<Setting<?>> ALL = List.of(REGION, ENDPOINT, ACCESS_KEY, SECRET_KEY, DOCUMENT, SAMPLE);

    private DynamoDbSettings() {}

    static Clients clients(Settings settings) {
        return new Clients(settings.find(REGION), settings.find(ENDPOINT).map(URI::create), credentials(settings));
    }

    private static AwsCredentialsProvider credentials(Settings settings) {
        return settings.find(ACCESS_KEY)
                .<AwsCredentialsProvider>map(key ->
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(key, settings.value(SECRET_KEY))))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }
}
