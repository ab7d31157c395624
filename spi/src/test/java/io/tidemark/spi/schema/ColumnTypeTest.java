package io.tidemark.spi.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.schema.ColumnType.Field;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnTypeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "int32",
                "timestamp_tz",
                "decimal(38,5)",
                "list<int32>",
                "map<string,int32>",
                "map<string,list<map<string,decimal(5,2)>>>",
                "list<list<decimal(5,2)>>",
                "struct<\"a\":int32,\"b\":list<string>>",
                "list<struct<\"x,y>\":date,\":\":struct<\" \":uuid>>>"
            })
    void isReadAsItIsWritten(String text) {
        assertThat(ColumnType.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"", "\\", "\\\"", "a\"b", "\u00e4 \ud83d\ude00", "\n", "element", "<", ">", ",", "A", "a.b"})
    void anyNameCanBeAField(String name) {
        ColumnType type = ColumnType.struct(
                List.of(new Field(name, ColumnType.list(ColumnType.BYTES)), new Field("other", ColumnType.DATE)));
        assertThat(ColumnType.parse(type.toString())).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "list",
                "list<",
                "list<int32",
                "map<int32,string>",
                "map<string>",
                "map<string,int32",
                "list<int32>>",
                "list<>",
                "struct<>",
                "struct<a:int32>",
                "struct<\"a\"int32>",
                "struct<\"a\":int32,>",
                "struct<\"a\":int32,\"a\":int32>",
                "struct<\"\":int32>",
                "struct<\"a",
                "struct<\"a\\",
                "decimal",
                "decimal(39,0)",
                "INT32",
                "int32 "
            })
    void anythingElseIsNoType(String text) {
        assertThatThrownBy(() -> ColumnType.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nestingHasALimit() {
        String deep = "list<".repeat(ColumnType.DEPTH_MAX) + "int32" + ">".repeat(ColumnType.DEPTH_MAX);
        assertThat(ColumnType.parse(deep).depth()).isEqualTo(ColumnType.DEPTH_MAX);
        assertThatThrownBy(() -> ColumnType.list(ColumnType.parse(deep))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ColumnType.parse("list<".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void structsAreFoundAtAnyDepth() {
        assertThat(ColumnType.parse("list<list<struct<\"a\":date>>>").hasStruct())
                .isTrue();
        assertThat(ColumnType.parse("list<list<date>>").hasStruct()).isFalse();
    }
}
