package io.tidemark.runner.aws;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.lake.MirrorCatalog;
import io.tidemark.spi.lake.MirrorCatalogProvider;
import io.tidemark.spi.source.Finding;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.glue.GlueClient;

/** Opens {@link GlueCatalog}s: type {@code glue}. */
public final class GlueCatalogProvider implements MirrorCatalogProvider {
    static final Setting<String> DATABASE = Setting.text(
                    "database",
                    "Database of the AWS Glue Data Catalog for all mirrors; by default one of each schema's name.")
            .asOptional();

    @Override
    public String type() {
        return "glue";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(DATABASE, AwsService.REGION, AwsService.ENDPOINT);
    }

    @Override
    public Optional<String> refusal(String lake, String location) {
        if (lake.equals("iceberg")) {
            return Optional.of("Iceberg's own catalog can be AWS Glue (type: glue under the lake's properties)");
        }
        return location.startsWith("s3")
                ? Optional.empty()
                : Optional.of("what AWS Glue names has to be in S3 (location=" + location + ")");
    }

    @Override
    public Finding check(Settings settings) {
        try (GlueClient client = AwsService.client(GlueClient.builder(), settings)) {
            client.getDatabases(get -> get.maxResults(1));
            return Finding.ok("catalog", GlueCatalog.SERVICE + " answers");
        } catch (SdkException e) {
            return Finding.failed(
                    ErrorCode.CONFIG_INVALID,
                    "catalog",
                    GlueCatalog.SERVICE + " cannot be asked: " + e.getMessage(),
                    "Correct the settings of catalog:, or the credentials and permissions of this process.");
        }
    }

    @Override
    public MirrorCatalog open(Settings settings) {
        return new GlueCatalog(AwsService.client(GlueClient.builder(), settings), settings.find(DATABASE));
    }
}
