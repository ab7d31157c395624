package io.tidemark.cli.view;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands on a terminal of endless height after output with the two escape sequences that the live view uses. */
final class VirtualScreen {
    private static final Pattern UP = Pattern.compile("\u001b\\[(\\d+)F");
    private static final String CLEAR_BELOW = "\u001b[0J";

    private VirtualScreen() {}

    static List<String> after(String output) {
        List<String> lines = new ArrayList<>();
        for (String line : output.split("\n", -1)) {
            String rest = line;
            Matcher up = UP.matcher(rest);
            if (up.lookingAt()) {
                int from = lines.size() - Integer.parseInt(up.group(1));
                rest = rest.substring(up.end());
                if (!rest.startsWith(CLEAR_BELOW)) {
                    throw new AssertionError("the picture is not erased before it is drawn again: " + rest);
                }
                rest = rest.substring(CLEAR_BELOW.length());
                lines.subList(from, lines.size()).clear();
            }
            lines.add(rest);
        }
        // What follows the last line end is the line where the cursor stands.
        lines.remove(lines.size() - 1);
        return lines;
    }
}
