#!/usr/bin/env python3
"""completions.py PROGRAM bash|zsh|fish: what that shell needs to complete PROGRAM's command line, on stdout, made from
`PROGRAM --help`."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import options  # noqa: E402


def names(given):
    return " ".join(one.name for one in given)


def taking(given, *arguments):
    return [option for option in given if option.argument in arguments]


# ---------------------------------------------------------------------- bash

BASH = """\
# bash completion for milkypay-mock

_milkypay_mock()
{{
    local cur prev words cword split
    _init_completion -s || return

    local command= at
    if [[ $cword -gt 1 && " {commands} " == *" ${{words[1]}} "* ]]; then
        command=${{words[1]}}
    fi
    if [[ $command == exec || $command == rehearse ]]; then
        for ((at = 2; at < cword; at++)); do
            if [[ ${{words[at]}} == -- ]]; then
                _command_offset $((at + 1))
                return
            fi
        done
    fi

    case $prev in
        {files})
            _filedir
            return
            ;;
        {folders})
            _filedir -d
            return
            ;;
{choices}        {others})
            return
            ;;
    esac
    $split && return

    case $command in
        '') COMPREPLY=($(compgen -W '{options}' -- "$cur")) ;;
        exec) COMPREPLY=($(compgen -W '{options} --' -- "$cur")) ;;
        compare)
            if [[ $cur == -* ]]; then
                COMPREPLY=($(compgen -W '{compare}' -- "$cur"))
            else
                _filedir
            fi
            ;;
        rehearse) COMPREPLY=($(compgen -W '{rehearse} --' -- "$cur")) ;;
    esac
    if [[ $cword -eq 1 ]]; then
        COMPREPLY+=($(compgen -W '{commands}' -- "$cur"))
    fi
}} &&
    complete -F _milkypay_mock milkypay-mock
"""

BASH_CHOICE = """\
        {name})
            COMPREPLY=($(compgen -W '{words}' -- "$cur"))
            return
            ;;
"""


def bash(told, compare, rehearse):
    given = list({option.name: option for option in told.options + compare.options + rehearse.options}.values())
    choosing = [option for option in given if option.choices]
    files, folders = taking(given, "FILE"), taking(given, "DIR")
    others = [o for o in given if o.argument and o not in files + folders + choosing]
    return BASH.format(
        commands=" ".join(command.name for command in told.commands if command.name),
        options=names(told.options),
        compare=names(compare.options),
        rehearse=names(rehearse.options),
        files="|".join(option.name for option in files),
        folders="|".join(option.name for option in folders),
        others="|".join(option.name for option in others),
        choices="".join(BASH_CHOICE.format(name=o.name, words=" ".join(o.choices)) for o in choosing),
    )


# ---------------------------------------------------------------------- zsh

ZSH = """\
#compdef milkypay-mock

_milkypay_mock() {{
    # options and commands are names of zsh's own
    local -a mock_options=(
{options}
    )
    local -a compare_options=(
{compare}
    )
    local -a rehearse_options=(
{rehearse}
    )
    local -a mock_commands=(
{commands}
    )
    local command=
    (( CURRENT > 2 )) && command=$words[2]
    case $command in
    exec|rehearse)
        local at=${{words[(i)--]}}
        if (( at < CURRENT )); then
            shift at words
            (( CURRENT -= at ))
            _normal
            return
        fi
        shift words
        (( CURRENT-- ))
        if [[ $command == exec ]]; then
            _arguments -S : $mock_options
        else
            _arguments -S : $rehearse_options
        fi
        ;;
    healthcheck)
        _message URL
        ;;
    compare)
        shift words
        (( CURRENT-- ))
        _arguments : $compare_options '*:FILE:_files'
        ;;
    *)
        if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
            _describe command mock_commands
        fi
        _arguments : $mock_options
        ;;
    esac
}}

_milkypay_mock "$@"
"""

ZSH_ACTIONS = {"FILE": "_files", "DIR": "_files -/"}


def zsh_quoted(text, special):
    """In single quotes, with a backslash before what _arguments and _describe take for their own."""
    for mark in "\\" + special:
        text = text.replace(mark, "\\" + mark)
    return text.replace("'", "'\\''")


def zsh_option(option):
    repeat = "*" if option.repeatable else ""
    what = f"[{zsh_quoted(option.help, '[]:')}]"
    if not option.argument:
        return f"'{repeat}{option.name}{what}'"
    words = f"({' '.join(option.choices)})" if option.choices else ""
    action = ZSH_ACTIONS.get(option.argument, words or " ")
    return f"'{repeat}{option.name}={what}:{zsh_quoted(option.argument, ':')}:{action}'"


def zsh(told, compare, rehearse):
    commands = [f"'{c.name}:{zsh_quoted(c.help, ':')}'" for c in told.commands if c.name]
    return ZSH.format(
        options="\n".join("        " + zsh_option(option) for option in told.options),
        compare="\n".join("        " + zsh_option(option) for option in compare.options),
        rehearse="\n".join("        " + zsh_option(option) for option in rehearse.options),
        commands="\n".join("        " + command for command in commands),
    )


# ---------------------------------------------------------------------- fish

FISH = """\
# fish completion for milkypay-mock

# The words before the one that is typed, without the program's own name.
function __milkypay_mock_words
    set -l words (commandline -opc)
    set --erase words[1]
    for word in $words
        printf '%s\\n' $word
    end
end

# The command behind `exec ... --` or `rehearse ... --`, as far as it is typed; fails when this is not the place for one.
function __milkypay_mock_command
    set -l words (__milkypay_mock_words)
    contains -- "$words[1]" exec rehearse; or return 1
    set -l at (contains --index -- -- $words); or return 1
    set --erase words[1..$at]
    set -l typed
    for word in $words
        set --append typed (string escape -- $word)
    end
    set -l begun (commandline --current-token)
    string join -- ' ' $typed "$begun"
end

# Whether this is the server's or exec's own part of the line.
function __milkypay_mock_takes_options
    set -l words (__milkypay_mock_words)
    not contains -- "$words[1]" healthcheck compare rehearse; and not __milkypay_mock_command >/dev/null
end

function __milkypay_mock_compares
    set -l words (__milkypay_mock_words)
    test "$words[1]" = compare
end

function __milkypay_mock_rehearses
    set -l words (__milkypay_mock_words)
    test "$words[1]" = rehearse; and not __milkypay_mock_command >/dev/null
end

function __milkypay_mock_takes_commands
    test (count (__milkypay_mock_words)) -eq 0
end

complete -c milkypay-mock -f
complete -c milkypay-mock -n '__milkypay_mock_command >/dev/null' \\
    -a '(complete --do-complete (__milkypay_mock_command))'
complete -c milkypay-mock -n __milkypay_mock_compares -F
"""

FISH_ACTIONS = {"FILE": "-r -F", "DIR": "-x -a '(__fish_complete_directories)'"}


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_option(option, where):
    action = ""
    if option.argument:
        words = f"-x -a '{' '.join(option.choices)}'" if option.choices else "-x"
        action = FISH_ACTIONS.get(option.argument, words) + " "
    return f"-n {where} -l {option.name[2:]} {action}-d {fish_quoted(option.help)}"


def fish(told, compare, rehearse):
    rows = [f"-n __milkypay_mock_takes_commands -a {c.name} -d {fish_quoted(c.help)}" for c in told.commands if c.name]
    rows += [fish_option(option, "__milkypay_mock_takes_options") for option in told.options]
    rows += [fish_option(option, "__milkypay_mock_compares") for option in compare.options]
    rows += [fish_option(option, "__milkypay_mock_rehearses") for option in rehearse.options]
    return FISH + "".join(f"complete -c milkypay-mock {row}\n" for row in rows)


SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in SHELLS:
        sys.exit(__doc__)
    read = [options.read(sys.argv[1], *command) for command in ([], ["compare"], ["rehearse"])]
    print(SHELLS[sys.argv[2]](*read), end="")
