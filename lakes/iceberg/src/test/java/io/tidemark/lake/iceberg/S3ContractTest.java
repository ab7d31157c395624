package io.tidemark.lake.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.S3LakeContract;
import io.tidemark.testkit.s3.S3Server;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ContractTest extends S3LakeContract {
    @Override
    protected LakeFixture open(Path folder, S3Server storage, ApplyMemory memory) {
        return IcebergFixture.inS3(folder, storage, memory);
    }

    @Test
    void checkNamesWhatIsWrongWithTheStorage(@TempDir Path state) {
        String bucket = server().createBucket("checked");
        assertThat(check(bucket + "/lake", state, Map.of())).isEmpty();
        assertThat(check("s3://no-such-bucket/lake", state, Map.of()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).contains("no-such-bucket"));
        assertThat(check(bucket + "/lake", state, Map.of("s3.secret-access-key", "wrong")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.code()).hasValue(ErrorCode.LAKE_NOT_WRITABLE));
    }

    private List<Finding> check(String location, Path state, Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(server().properties());
        properties.putAll(more);
        Settings settings = new Settings("lake", Map.of(), properties);
        try (Lake lake = IcebergLake.open(location, settings, state, LakeOptions.defaults())) {
            return lake.check().stream()
                    .filter(finding -> finding.status() == Finding.Status.FAILED)
                    .toList();
        }
    }
}
