package io.tidemark.source.postgres.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.verify.BucketDigest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalRowTest {
    @Test
    void readsEscapesNullsAndEmptyTexts() {
        CanonicalRow row = new CanonicalRow(5, new int[0]);
        row.read(bytes("a\\tb\\n\\\\N\t\\N\t\t\\\\N\tü\n"));
        assertThat(row.texts()).isEqualTo(Arrays.asList("a\tb\n\\N", null, "", "\\N", "ü"));
        row.read(bytes("\\b\\f\\r\\v\tx\ty\tz\t\\N\n"));
        assertThat(row.texts()).isEqualTo(Arrays.asList("\b\f\r\u000b", "x", "y", "z", null));
    }

    @Test
    void aRowWithoutColumnsIsAnEmptyList() {
        CanonicalRow row = new CanonicalRow(0, new int[0]);
        row.read(bytes("\n"));
        assertThat(row.texts()).isEmpty();
        // MD5 of nothing is d41d8cd98f00b204e9800998ecf8427e.
        assertThat(row.bucket(65536)).isEqualTo(0xd41d);
        assertThat(row.high()).isEqualTo(0xd41d8cd98f00b204L);
        assertThat(row.low()).isEqualTo(0xe9800998ecf8427eL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\tb", "a\n", "a\tb\tc\n", "a\tb\\\n", "a\t\\q\n"})
    void refusesWhatIsNoRow(String line) {
        CanonicalRow row = new CanonicalRow(2, new int[0]);
        assertThatThrownBy(() -> row.read(bytes(line))).isInstanceOf(TidemarkException.class);
    }

    @Test
    void sumsAreExactBeyond64Bits() {
        BucketSums sums = new BucketSums(2);
        BucketSums others = new BucketSums(2);
        BigInteger expected = BigInteger.ZERO;
        long[] values = {Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE, 0, 1};
        for (long value : values) {
            sums.add(1, value, -value);
            others.add(1, Long.MIN_VALUE, Long.MIN_VALUE);
            expected = expected.add(BigInteger.valueOf(value)).add(BigInteger.valueOf(Long.MIN_VALUE));
        }
        sums.addAll(others);
        assertThat(sums.digests()).hasSize(1);
        BucketDigest digest = sums.digests().get(0);
        assertThat(digest.bucket()).isEqualTo(1);
        assertThat(digest.rows()).isEqualTo(14);
        assertThat(digest.high()).isEqualTo(expected);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
