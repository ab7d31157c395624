package io.tidemark.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NestedTextTest {
    private static final Types.StructType PAIR = Types.StructType.of(
            Types.NestedField.optional(3, "a", Types.IntegerType.get()),
            Types.NestedField.optional(4, "b", Types.StringType.get()));
    private static final Type TEXTS = Types.ListType.ofOptional(1, Types.StringType.get());
    private static final Type PAIRS = Types.ListType.ofOptional(2, PAIR);

    @Test
    void printsAsPostgresDoes() {
        assertThat(print(
                        Arrays.asList("a b", null, "NULL", "", "a\\b", "q\"q", "x,y", "{", "plain", "(", "ä\n"), TEXTS))
                .isEqualTo("{\"a b\",NULL,\"NULL\",\"\",\"a\\\\b\",\"q\\\"q\",\"x,y\",\"{\",plain,(,\"ä\n\"}");
        assertThat(print(List.of(), TEXTS)).isEqualTo("{}");
        assertThat(print(pair(1, "x \"y\" (\\)"), PAIR)).isEqualTo("(1,\"x \"\"y\"\" (\\\\)\")");
        assertThat(print(pair(null, null), PAIR)).isEqualTo("(,)");
        assertThat(print(pair(null, ""), PAIR)).isEqualTo("(,\"\")");
        assertThat(print(pair(null, "NULL"), PAIR)).isEqualTo("(,NULL)");
        assertThat(print(Arrays.asList(pair(1, "a b"), null, pair(null, null)), PAIRS))
                .isEqualTo("{\"(1,\\\"a b\\\")\",NULL,\"(,)\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{NULL}", "{\"(,)\"}", "{\"(1,\\\"a b\\\")\",NULL,\"(,\\\"x \\\"\\\"y\\\\\\\\\\\")\"}"})
    void whatIsReadAndPrintedAgainIsTheSame(String printed) {
        assertThat(again(printed, PAIRS)).isEqualTo(printed);
    }

    @Test
    void partsAreReplacedWhereverTheyAre() {
        assertThat(NestedText.mapped("(1.0,\"a,b\")", PAIR, (text, type) -> "<" + text + ">"))
                .isEqualTo("(<1.0>,\"<a,b>\")");
    }

    private static String again(String printed, Type type) {
        return NestedText.mapped(printed, type, (text, inner) -> inner.isNestedType() ? again(text, inner) : text);
    }

    private static String print(Object value, Type type) {
        return NestedText.print(
                value, type, (part, inner) -> inner.isNestedType() ? print(part, inner) : part.toString());
    }

    private static Record pair(Integer a, String b) {
        Record pair = GenericRecord.create(PAIR);
        pair.set(0, a);
        pair.set(1, b);
        return pair;
    }
}
