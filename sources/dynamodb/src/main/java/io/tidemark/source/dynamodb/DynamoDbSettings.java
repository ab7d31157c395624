package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.export.S3ExportStore;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import java.net.URI;
import java.util.List;
import java.util.Optional;
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

    static final Setting<ExportDestination> EXPORT_TO = new Setting<>(
            "export-to",
            "location",
            null,
            true,
            false,
            "Where DynamoDB is to export tables that are to be loaded, as s3://bucket/prefix; by default tables are loaded by scan.",
            ExportDestination::parse);

    static final Setting<HandedExports> EXPORTS = new Setting<>(
            "exports",
            "table=location, ...",
            null,
            true,
            false,
            "Exports that tables are loaded from: for each the folder AWSDynamoDB/ID, on this machine or as s3://bucket/key, and behind plus signs incremental exports that follow it; or scan.",
            HandedExports::parse);

    static final Setting<String> EXPORT_ENDPOINT = Setting.text(
                    "export-endpoint",
                    "URL at which S3 is called for exports, for a private endpoint or another service; by default the region's own.")
            .asOptional();

    static final List<Setting<?>> ALL =
            List.of(REGION, ENDPOINT, ACCESS_KEY, SECRET_KEY, DOCUMENT, SAMPLE, EXPORT_TO, EXPORTS, EXPORT_ENDPOINT);

    private DynamoDbSettings() {}

    static Clients clients(Settings settings) {
        return new Clients(settings.find(REGION), settings.find(ENDPOINT).map(URI::create), credentials(settings));
    }

    /** How exports are read from S3: as DynamoDB is called, but for the endpoint. */
    static S3ExportStore.Access s3(Settings settings) {
        Optional<URI> endpoint = settings.find(EXPORT_ENDPOINT).map(URI::create);
        return new S3ExportStore.Access(
                settings.find(REGION).orElse(null), endpoint.orElse(null), endpoint.isPresent(), credentials(settings));
    }

    private static AwsCredentialsProvider credentials(Settings settings) {
        return settings.find(ACCESS_KEY)
                .<AwsCredentialsProvider>map(key ->
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(key, settings.value(SECRET_KEY))))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }
}
