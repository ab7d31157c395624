package io.tidemark.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PageCodecsTest {
    private final PageCodecs codecs = new PageCodecs(3);

    @Test
    void aPageIsUnpackedToWhatItWasMadeFrom() throws IOException {
        byte[] zeros = new byte[1 << 20];
        byte[] packed = Zstd.compress(zeros);
        assertThat(packed.length).isLessThan(1_000);
        ByteBuffer unpacked = ByteBuffer.allocate(zeros.length);
        codecs.getDecompressor(CompressionCodecName.ZSTD)
                .decompress(ByteBuffer.wrap(packed), packed.length, unpacked, zeros.length);
        assertThat(unpacked.array()).isEqualTo(zeros);
    }

    /** Nothing is allocated for what a page says of itself. */
    @ParameterizedTest
    @EnumSource(
            value = CompressionCodecName.class,
            names = {"ZSTD", "SNAPPY", "GZIP"})
    void aPageThatWouldTakeTheMemoryIsRefused(CompressionCodecName codec) {
        Assumptions.assumeTrue(Runtime.getRuntime().maxMemory() / 2 < Integer.MAX_VALUE);
        BytesInputDecompressor decompressor = codecs.getDecompressor(codec);
        assertThatThrownBy(() -> decompressor.decompress(BytesInput.from(new byte[10]), Integer.MAX_VALUE))
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.MEMORY_EXHAUSTED);
                    assertThat(e.reason()).contains("bytes=" + Integer.MAX_VALUE);
                });
        assertThatThrownBy(() -> decompressor.decompress(BytesInput.from(new byte[10]), -1))
                .isInstanceOf(IOException.class);
    }
}
