package io.tidemark.lake.delta.log;

import io.tidemark.lake.upsert.table.LiveFiles;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The data files of a version by path, older ones first. Immutable. */
public final class DeltaFiles implements LiveFiles {
    private final Map<String, DeltaFile> files;

    private DeltaFiles(Map<String, DeltaFile> files) {
        this.files = files;
    }

    static DeltaFiles of(Collection<DeltaFile> files) {
        List<DeltaFile> sorted = new ArrayList<>(files);
        sorted.sort(Comparator.comparingLong(DeltaFile::modifiedMillis).thenComparing(DeltaFile::path));
        Map<String, DeltaFile> byPath = new LinkedHashMap<>();
        sorted.forEach(file -> byPath.put(file.path(), file));
        return new DeltaFiles(byPath);
    }

    @Override
    public Collection<DeltaFile> all() {
        return Collections.unmodifiableCollection(files.values());
    }

    @Override
    public @Nullable DeltaFile find(String path) {
        return files.get(path);
    }

    /** The same without some files, and with others. A file that is in both keeps its place. */
    public DeltaFiles after(Collection<DeltaFile> removed, Collection<DeltaFile> added) {
        Map<String, DeltaFile> next = new LinkedHashMap<>(files);
        added.forEach(file -> next.put(file.path(), file));
        Set<DeltaFile> stay = new HashSet<>(added);
        removed.stream().filter(file -> !stay.contains(file)).forEach(file -> next.remove(file.path()));
        return new DeltaFiles(next);
    }
}
