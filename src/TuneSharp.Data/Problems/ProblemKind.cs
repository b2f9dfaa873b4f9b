namespace TuneSharp.Data;

/// <summary>The kinds of <see cref="DataProblem"/>.</summary>
public static class ProblemKind
{
    public const string InvalidJson = "invalid_json";
    public const string Encoding = "encoding";
    public const string Unreadable = "unreadable";
    public const string EmptyFile = "empty_file";
    public const string NoRows = "no_rows";
    public const string WrappedList = "wrapped_list";
    public const string PrettyObjects = "pretty_objects";
    public const string DuplicateHeader = "duplicate_header";
    public const string NoHeader = "no_header";
    public const string ColumnCount = "column_count";
    public const string UnclosedQuote = "unclosed_quote";
    public const string EqualPair = "equal_pair";
    public const string BigNumber = "big_number";
    public const string NotAnObject = "not_an_object";
    public const string NeedsMapping = "needs_mapping";
    public const string NotSupported = "not_supported";
    public const string MixedFormats = "mixed_formats";
    public const string MissingField = "missing_field";
    public const string WrongType = "wrong_type";
    public const string DuplicateKey = "duplicate_key";
    public const string UnusedColumn = "unused_column";
    public const string EmptyPrompt = "empty_prompt";
    public const string EmptyOutput = "empty_output";
    public const string EmptyText = "empty_text";
    public const string EmptyConversation = "empty_conversation";
    public const string UnknownRole = "unknown_role";
    public const string RoleOrder = "role_order";
    public const string Unpaired = "unpaired";
    public const string UnknownLabel = "unknown_label";
    public const string FewRows = "few_rows";
    public const string NothingToLearn = "nothing_to_learn";
    public const string LongRow = "long_row";
    public const string DuplicateRow = "duplicate_row";
    public const string Template = "template";
    public const string SpecialToken = "special_token";
    public const string NoMarker = "no_marker";
    public const string Truncated = "truncated";
    public const string NoEndToken = "no_end_token";
}
