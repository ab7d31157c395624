package io.tidemark.conformance;

import java.util.List;
import java.util.Map;

/**
 * A scenario as its file has it.
 *
 * @param name topic and file name, for example {@code changes/truncate}
 * @param title first heading
 * @param why what peers get wrong
 * @param pending why it is not run; empty when it is
 * @param pipelines more lines of the pipeline's configuration by source; those of {@link #ANY} are for sources without their own
 * @param sections steps by source, for example {@code postgres}
 */
record Scenario(
        String name,
        String title,
        String why,
        String pending,
        Map<String, String> pipelines,
        Map<String, Section> sections) {
    /** Any source. */
    static final String ANY = "";

    /**
     * The steps for one kind of source.
     *
     * @param minimumVersion oldest version that has what the steps need; 0 for any
     * @param steps steps in order
     */
    record Section(int minimumVersion, List<Step> steps) {
        Section {
            steps = List.copyOf(steps);
        }
    }

    Scenario {
        pipelines = Map.copyOf(pipelines);
        sections = Map.copyOf(sections);
    }

    /** More lines of the configuration; may be empty. */
    String pipeline(String source) {
        return pipelines.getOrDefault(source, pipelines.getOrDefault(ANY, ""));
    }

    String topic() {
        return name.substring(0, name.indexOf('/'));
    }
}
