package io.tidemark.lake.iceberg.maintain;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.io.FileIO;

/** What a manifest tells of, whether files of rows or of deletes. */
final class ManifestContents {
    private ManifestContents() {}

    /** Locations of the files that are live in it. */
    static Set<String> locations(ManifestFile manifest, FileIO io, Map<Integer, PartitionSpec> specs)
            throws IOException {
        Set<String> locations = new HashSet<>();
        try (ManifestReader<? extends ContentFile<?>> files = manifest.content() == ManifestContent.DATA
                ? ManifestFiles.read(manifest, io, specs)
                : ManifestFiles.readDeleteManifest(manifest, io, specs)) {
            for (ContentFile<?> file : files) {
                locations.add(file.location());
            }
        }
        return locations;
    }
}
