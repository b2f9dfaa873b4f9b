namespace TuneSharp.Formats.Adapters;

/// <summary>The names of <c>peft_type</c> in PEFT's adapter_config.json (formats.md §7.4).</summary>
public static class PeftTypes
{
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "PROMPT_TUNING", "MULTITASK_PROMPT_TUNING", "P_TUNING", "PREFIX_TUNING", "LORA", "ADALORA", "ADAMSS", "BOFT", "ADAPTION_PROMPT",
        "IA3", "BEFT", "LILY", "LOHA", "LOKR", "OFT", "POLY", "LN_TUNING", "VERA", "FROD", "PVERA", "FOURIERFT", "GLORA", "XLORA", "HRA",
        "VBLORA", "UNILORA", "CPT", "MISS", "RANDLORA", "ROAD", "TRAINABLE_TOKENS", "HIRA", "SHIRA", "C3A", "WAVEFT", "OSF", "DELORA",
        "GRALORA", "CARTRIDGE", "TINYLORA", "PSOFT", "PEANUT", "SUPERTUNING", "DEFT",
    };
}
