namespace TuneSharp.Formats.Files;

/// <summary>Tidies up after a failure; a second failure while doing so must not hide the first.</summary>
internal static class Cleanup
{
    public static void Try(Action delete)
    {
        try { delete(); }
        catch (IOException) { }
        catch (UnauthorizedAccessException) { }
    }
}
