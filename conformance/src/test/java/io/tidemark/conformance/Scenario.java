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
 * @param pipeline more lines of the pipeline's configuration; may be empty
 * @param sections steps by source, for example {@code postgres}
 */
record Scenario(String name, String title, String why, String pending, String pipeline, Map<String, Section> sections) {
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
        sections = Map.copyOf(sections);
    }

    String topic() {
        return name.substring(0, name.indexOf('/'));
    }
}
