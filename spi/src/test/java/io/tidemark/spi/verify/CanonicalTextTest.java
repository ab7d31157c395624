package io.tidemark.spi.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.schema.ColumnType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        assertThat(again(new ColumnType(kind, 0, 0), text)).isEqualTo(text);
    }

    @Test
    void decimalsKeepTheirDigits() {
        assertThat(again(ColumnType.decimal(10, 2), "-0.50")).isEqualTo("-0.50");
        assertThat(again(ColumnType.decimal(38, 5), "-123456789012345678901234567890123.45678"))
                .isEqualTo("-123456789012345678901234567890123.45678");
        assertThat(again(ColumnType.decimal(20, 0), "7")).isEqualTo("7");
    }

    private static String again(ColumnType type, String text) {
        ColumnVector column = ColumnVector.of(type, 1);
        CanonicalText.append(column, text);
        return CanonicalText.text(column, 0);
    }
}
