package io.tidemark.spi.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.schema.ColumnType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalTextTest {
    @ParameterizedTest
    @CsvSource({
        "BOOLEAN, t",
        "BOOLEAN, f",
        "INT32, -2147483648",
        "INT64, 9223372036854775807",
        "FLOAT32, 7fc00000",
        "FLOAT32, 80000000",
        "FLOAT64, 7ff0000000000000",
        "FLOAT64, 3fb999999999999a",
        "STRING, ä 😀",
        "BYTES, 00ff10",
        "UUID, 00000000-0000-0000-ffff-00000000002a",
        "DATE, -719528",
        "TIME, 86399999999",
        "TIMESTAMP, -62135596800000001",
        "TIMESTAMP_TZ, 1795207256295677"
    })
    void readsWhatItWrites(ColumnType.Kind kind, String text) {
        assertThat(again(ColumnType.scalar(kind), text)).isEqualTo(text);
    }

    @Test
    void decimalsKeepTheirDigits() {
        assertThat(again(ColumnType.decimal(10, 2), "-0.50")).isEqualTo("-0.50");
        assertThat(again(ColumnType.decimal(38, 5), "-123456789012345678901234567890123.45678"))
                .isEqualTo("-123456789012345678901234567890123.45678");
        assertThat(again(ColumnType.decimal(20, 0), "7")).isEqualTo("7");
    }

    @Test
    void listsAndStructsAreListsOfValues() {
        ColumnType struct = ColumnType.parse("struct<\"a\":string,\"b\":list<int32>>");
        ColumnType list = ColumnType.list(struct);
        String text = "5:2:\u00e4-" + "3:0:-" + "6:-3:1:7" + "-" + "2:--" + "7:-4:1:7-";
        assertThat(again(list, text)).isEqualTo(text);
        assertThat(again(list, "")).isEmpty();
        assertThat(again(struct, "0:0:")).isEqualTo("0:0:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "x:", "2:1", "-1:", "1:x", "1:7:", "99999999999:1", "1:1-x"})
    void aTextThatIsNoListLeavesTheColumnAsItWas(String text) {
        ColumnVector column = ColumnVector.of(ColumnType.list(ColumnType.INT32), 1);
        CanonicalText.append(column, "1:5");
        assertThatThrownBy(() -> CanonicalText.append(column, text)).isInstanceOf(IllegalArgumentException.class);
        CanonicalText.append(column, "1:6-");
        assertThat(column.size()).isEqualTo(2);
        assertThat(CanonicalText.text(column, 0)).isEqualTo("1:5");
        assertThat(CanonicalText.text(column, 1)).isEqualTo("1:6-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "---", "1:1", "1:11:a1:b", "1:x-"})
    void aTextThatIsNoStructLeavesTheColumnAsItWas(String text) {
        ColumnVector column = ColumnVector.of(ColumnType.parse("struct<\"a\":int32,\"b\":string>"), 1);
        assertThatThrownBy(() -> CanonicalText.append(column, text)).isInstanceOf(IllegalArgumentException.class);
        CanonicalText.append(column, "-1:b");
        assertThat(CanonicalText.text(column, 0)).isEqualTo("-1:b");
    }

    private static String again(ColumnType type, String text) {
        ColumnVector column = ColumnVector.of(type, 1);
        CanonicalText.append(column, text);
        return CanonicalText.text(column, 0);
    }
}
