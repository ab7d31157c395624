package io.tidemark.engine.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.json.Json;
import io.tidemark.spi.schema.ColumnType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerivedTimeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yyyy-MM-dd HH:mm:ss|UTC|2023-07-01 23:30:00|2023-07-01T23:30:00Z",
                "yyyy-MM-dd HH:mm:ss|Europe/Berlin|2023-07-01 00:30:00|2023-06-30T22:30:00Z",
                "uuuu-MM-dd HH|UTC|2023-07-01 05|2023-07-01T05:00:00Z",
                "yyyy-MM-dd|+02:00|2023-07-01|2023-06-30T22:00:00Z",
                "yyyyMM|UTC|202307|2023-07-01T00:00:00Z",
                "yyyy|UTC|2023|2023-01-01T00:00:00Z",
                "d MMM yyyy hh:mm a|UTC|1 Jul 2023 01:05 PM|2023-07-01T13:05:00Z",
                "yyyy-MM-dd'T'HH:mm:ss[.SSS]X|UTC|2023-07-01T10:00:00.250+02|2023-07-01T08:00:00.250Z",
                "yyyy-MM-dd'T'HH:mm:ss[.SSS]X|UTC|2023-07-01T10:00:00Z|2023-07-01T10:00:00Z",
                "yyyy-MM-dd HH:mm VV|UTC|2023-07-01 10:00 America/New_York|2023-07-01T14:00:00Z",
                "dd.MM.yyyy HH:mm|Europe/Berlin|26.03.2023 02:30|2023-03-26T01:30:00Z",
                "dd.MM.yyyy HH:mm|Europe/Berlin|29.10.2023 02:30|2023-10-29T00:30:00Z",
                "iso|UTC|2023-07-01|2023-07-01T00:00:00Z",
                "iso|Europe/Berlin|2023-07-01T10:00|2023-07-01T08:00:00Z",
                "iso|Europe/Berlin|2023-07-01T10:00:00.123456Z|2023-07-01T10:00:00.123456Z",
                "iso|UTC|2023-07-01T10:00:00+05:30|2023-07-01T04:30:00Z",
                "epoch-seconds|UTC|1688169600|2023-07-01T00:00:00Z",
                "epoch-seconds|UTC|1688169600.5|2023-07-01T00:00:00.5Z",
                "epoch-seconds|UTC|-0.25|1969-12-31T23:59:59.75Z",
                "epoch-millis|UTC|1688169600123|2023-07-01T00:00:00.123Z"
            })
    void readsTimes(String format, String zone, String text, String expected) {
        assertThat(new TimeText(DerivedTime.of(format, zone, null)).instant(text))
                .isEqualTo(Instant.parse(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yyyy-MM-dd HH:mm:ss|''",
                "yyyy-MM-dd HH:mm:ss|2023-07-01",
                "yyyy-MM-dd HH:mm:ss|2023-02-29 00:00:00",
                "yyyy-MM-dd HH:mm:ss|2023-06-31 00:00:00",
                "yyyy-MM-dd HH:mm:ss|2023-07-01 24:00:00",
                "yyyy-MM-dd HH:mm:ss|'2023-07-01 10:00:00 '",
                "yyyy-MM-dd HH:mm:ss|2023-7-1 10:00:00",
                "iso|2023-07-01 10:00",
                "iso|yesterday",
                "epoch-seconds|''",
                "epoch-seconds|2023-07-01",
                "epoch-seconds|1e999999999",
                "epoch-seconds|99999999999999999999",
                "epoch-millis|NaN"
            })
    void refusesWhatIsNoTime(String format, String text) {
        TimeText times = new TimeText(DerivedTime.of(format, null, null));
        assertThatThrownBy(() -> times.instant(text)).isInstanceOf(DateTimeException.class);
    }

    @Test
    void readsNumbersExactly() {
        TimeText seconds = new TimeText(DerivedTime.of("epoch-seconds", null, null));
        assertThat(seconds.instant(new BigDecimal("1688169600.123456789")))
                .isEqualTo(Instant.parse("2023-07-01T00:00:00.123456789Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yyyy-MM-dd QQQQQQQ", "HH:mm", "MM-dd", "what", "'x'", "e"})
    void aFormatThatTellsNoDateIsRefused(String format) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DerivedTime.of(format, null, null))
                .withMessageContaining("format must be epoch-seconds, epoch-millis, iso or a pattern");
    }

    @Test
    void zonesAndOutputsThatAreNoneAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DerivedTime.of("iso", "Mars/Base", null))
                .withMessageContaining("zone must be the name of a time zone");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DerivedTime.of("iso", null, "bogus"))
                .withMessageContaining("as must be a pattern");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DerivedTime.of("iso", null, "[]"))
                .withMessageContaining("as must write something");
    }

    @ParameterizedTest
    @CsvSource({
        "string,,false", "string,iso,true", "string,epoch-millis,true", "int64,epoch-seconds,true", "int64,iso,false",
        "float64,epoch-seconds,false", "date,,true", "timestamp,,true", "timestamp_tz,,true", "timestamp_tz,iso,false"
    })
    void aFormatIsForTypesThatHaveIt(String type, @Nullable String format, boolean fits) {
        assertThat(DerivedTimes.refusal(ColumnType.parse(type), DerivedTime.of(format, null, null))
                        .isEmpty())
                .isEqualTo(fits);
    }

    @Test
    void isKeptAsItWasRegistered() {
        AddedColumn column = AddedColumn.ofTime("year", "create_at", DerivedTime.of("iso", "Europe/Berlin", "yyyy"));
        assertThat(Json.read(Json.write(column), AddedColumn.class, "column")).isEqualTo(column);
        // As versions before there were such columns have it.
        assertThat(Json.read(
                        "{\"name\":\"o\",\"type\":" + Json.write(ColumnType.STRING)
                                + ",\"content\":\"CONSTANT\",\"value\":\"x\"}",
                        AddedColumn.class,
                        "column"))
                .isEqualTo(new AddedColumn("o", ColumnType.STRING, AddedColumn.Content.CONSTANT, "x"));
    }
}
