package io.tidemark.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChosenTypesTest {
    @TempDir
    Path folder;

    @Test
    void aMirrorThatWasLoadedWithTextGoesOnWithoutNestedTypesThatNobodyChose() {
        assertThat(change("", "string", "list<int64>")).isEmpty();
        assertThat(change("", "list<int64>", "list<int64>")).isEmpty();
        assertThat(change("", "list<int64>", "string")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"list<int64>", "struct<\"a\":date>", "map<string,int64>"})
    void aMirrorThatWasLoadedWithTextDoesNotGoOnWithoutAChosenType(String type) {
        String rule = "tables:\n  - {include: dynamodb.t, columns: {c: '" + type + "'}}\n";
        assertThat(change(rule, "string", type).orElseThrow())
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining("(column=c, loaded=string, wanted=" + type);
        assertThat(change(rule, type, type)).isEmpty();
        assertThat(change(rule, type, "string")).isPresent();
    }

    private Optional<TidemarkException> change(String rules, String registered, String found) {
        PipelineConfig config = ConfigFixture.read(folder, ConfigFixture.LEAST + rules);
        return new ChosenTypes(config, (sourceType, wanted) -> Optional.empty())
                .change(schema(registered), schema(found));
    }

    private static RowSchema schema(String type) {
        return new RowSchema(
                new TableId("dynamodb", "t"),
                List.of(new Column("c", ColumnType.parse(type), true, "M")),
                List.of(),
                BeforeImage.FULL);
    }
}
