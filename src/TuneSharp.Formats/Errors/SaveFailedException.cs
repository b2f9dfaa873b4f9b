namespace TuneSharp.Formats;

/// <summary>The disk refused a save (full, read-only, broken, no permission). What was there before is untouched.</summary>
public sealed class SaveFailedException(string path, Exception inner) : InvalidInputException(
    $"It could not be saved: {inner.Message.TrimEnd('.')}. What was there before is unchanged.",
    path,
    "Free space on the disk, check the permissions, or choose another folder.",
    inner);
