package io.tidemark.runner.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.lake.MirrorCatalog;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.aws.StubService;
import io.tidemark.testkit.aws.StubService.Answer;
import io.tidemark.testkit.aws.StubService.Call;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GlueCatalogTest {
    private static final TableId ORDERS = new TableId("Shop", "Orders");
    private static final Answer DONE = new Answer(200, "{}");

    @RegisterExtension
    final StubService service = new StubService();

    private boolean hasDatabase;
    private @Nullable String table;

    @Test
    void anEntryIsMadeOnceAndItsDatabaseWithIt() {
        service.answer(this::answer);
        try (MirrorCatalog catalog = catalog(Map.of())) {
            catalog.register(ORDERS, "s3://b/lake/mirror/shop/orders");
            catalog.register(ORDERS, "s3://b/lake/mirror/shop/orders");
        }
        assertThat(service.calls("AWSGlue.CreateDatabase"))
                .singleElement()
                .satisfies(call -> assertThat(call.body()).contains("\"Name\":\"shop\""));
        List<Call> made = service.calls("AWSGlue.CreateTable");
        assertThat(made.get(made.size() - 1).body())
                .contains("\"DatabaseName\":\"shop\"")
                .contains("\"Name\":\"orders\"")
                .contains("\"TableType\":\"EXTERNAL_TABLE\"")
                .contains("\"spark.sql.sources.provider\":\"delta\"")
                .contains("\"Location\":\"s3://b/lake/mirror/shop/orders\"")
                .contains("\"path\":\"s3://b/lake/mirror/shop/orders\"");
        assertThat(service.calls("AWSGlue.UpdateTable")).isEmpty();
    }

    @Test
    void anEntryFollowsItsMirrorAndGoesWithIt() {
        hasDatabase = true;
        service.answer(this::answer);
        try (MirrorCatalog catalog = catalog(Map.of("database", "lake"))) {
            catalog.register(ORDERS, "s3://b/one");
            catalog.register(ORDERS, "s3://b/two");
            assertThat(service.calls("AWSGlue.UpdateTable"))
                    .singleElement()
                    .satisfies(call -> assertThat(call.body())
                            .contains("\"DatabaseName\":\"lake\"")
                            .contains("\"Location\":\"s3://b/two\""));
            catalog.remove(ORDERS);
            catalog.remove(ORDERS);
        }
        assertThat(service.calls("AWSGlue.DeleteTable")).hasSize(1);
    }

    @Test
    void anotherTableOfTheNameStays() {
        hasDatabase = true;
        table = "{\"Name\":\"orders\",\"Parameters\":{},\"StorageDescriptor\":{\"Location\":\"s3://theirs\"}}";
        service.answer(this::answer);
        try (MirrorCatalog catalog = catalog(Map.of())) {
            assertThatThrownBy(() -> catalog.register(ORDERS, "s3://b/one"))
                    .hasFieldOrPropertyWithValue("code", ErrorCode.LAKE_SCHEMA_MISMATCH)
                    .hasMessageContaining("another table of its name");
            catalog.remove(ORDERS);
        }
        assertThat(service.calls("AWSGlue.UpdateTable")).isEmpty();
        assertThat(service.calls("AWSGlue.DeleteTable")).isEmpty();
    }

    @Test
    void whatTheServiceRefusesIsSaid() {
        service.answer(call -> new Answer(
                400, "{\"__type\":\"AccessDeniedException\",\"Message\":\"not authorized to perform glue:GetTable\"}"));
        try (MirrorCatalog catalog = catalog(Map.of())) {
            assertThatThrownBy(() -> catalog.register(ORDERS, "s3://b/one"))
                    .hasFieldOrPropertyWithValue("code", ErrorCode.LAKE_IO)
                    .hasMessageContaining("not authorized to perform glue:GetTable");
        }
        GlueCatalogProvider provider = new GlueCatalogProvider();
        assertThat(provider.check(settings(Map.of())).status()).isEqualTo(Finding.Status.FAILED);
        service.answer(call -> new Answer(200, "{\"DatabaseList\":[]}"));
        assertThat(provider.check(settings(Map.of())).status()).isEqualTo(Finding.Status.OK);
        assertThat(provider.refusal("delta", "s3://b/lake")).isEmpty();
        assertThat(provider.refusal("delta", "/data/lake")).isPresent();
        assertThat(provider.refusal("iceberg", "s3://b/lake")).isPresent();
    }

    /** A catalog of one table. */
    private Answer answer(Call call) {
        switch (call.action()) {
            case "AWSGlue.CreateDatabase" -> hasDatabase = true;
            case "AWSGlue.CreateTable", "AWSGlue.UpdateTable" -> {
                if (!hasDatabase) {
                    return notFound();
                }
                String body = call.body();
                table = body.substring(body.indexOf("\"TableInput\":") + "\"TableInput\":".length(), body.length() - 1);
            }
            case "AWSGlue.DeleteTable" -> table = null;
            default -> {
                return table == null ? notFound() : new Answer(200, "{\"Table\":" + table + "}");
            }
        }
        return DONE;
    }

    private static Answer notFound() {
        return new Answer(400, "{\"__type\":\"EntityNotFoundException\",\"Message\":\"not found\"}");
    }

    private MirrorCatalog catalog(Map<String, String> more) {
        return new GlueCatalogProvider().open(settings(more));
    }

    private Settings settings(Map<String, String> more) {
        Map<String, String> texts = new HashMap<>(Map.of("region", "eu-west-1", "endpoint", service.url()));
        texts.putAll(more);
        return new Settings("catalog", texts, Map.of());
    }
}
