import Wire

/// The JSON of a text without white space; nil when the text is no JSON.
func compactJSON(_ text: String) -> String? { (try? JSON(parsing: text))?.compact }
