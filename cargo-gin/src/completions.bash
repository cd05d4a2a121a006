
# Loading cargo's own script later would replace the function below.
if ! declare -F _cargo > /dev/null; then
    if declare -F _comp_load > /dev/null; then
        _comp_load cargo
    elif declare -F _completion_loader > /dev/null; then
        _completion_loader cargo
    fi
fi

_cargo_or_gin() {
    if [[ ${COMP_CWORD} -gt 1 && ${COMP_WORDS[1]} == gin ]]; then
        # `local COMP_WORDS=(…)` makes the variable empty before it reads its old value.
        local words=("${COMP_WORDS[@]:2}")
        local COMP_WORDS=(cargo-gin "${words[@]}")
        local COMP_CWORD=$((COMP_CWORD - 1))
        _cargo_gin cargo-gin "$2" "$3"
    elif declare -F _cargo > /dev/null; then
        _cargo "$@"
    fi
}

complete -F _cargo_or_gin -o bashdefault -o default cargo
